// The files of one execution: path, rows, size, and the checksum with which the receiver can verify them.
import { announce } from "../../components/Announcer.js";
import { CopyButton } from "../../components/CopyButton.js";
import { plural, size, timeWithZone } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";

const SHOWN = 3;
const SHORT = 10; // characters of a SHA-256, enough to distinguish files by eye
const OPENED_BY_BROWSERS = /^(https?|sftp):/;

/** @param {Props.DeliveredFile} props */
function File({ file: { path, url, rows, bytes, sha256, revision, delivered_at, verification, destination } }) {
  const name = path.split("/").at(-1);
  const isOpened = OPENED_BY_BROWSERS.test(url);
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    announce(`Copied the address of ${name}.`);
  };
  const place = destination ? ` at ${destination}` : "";
  const again = revision > 1 ? `, revision ${revision}` : "";
  const amount = `${plural(rows, "row")}, ${size(bytes)}${again}${place && `,${place}`}`;
  return html`<${Chakra.Box} as="li" minW=${{ base: "10rem", md: "14rem" }}>
    <${Chakra.Flex} align="center" gap=${1}>
      <${Chakra.Text} as="span" fontSize="sm" wordBreak="break-all" title=${url}>
        ${isOpened
          ? html`<${Chakra.Link} href=${url} textDecoration="underline">${name}<//>`
          : html`<${Chakra.Link} as="button" textAlign="start" textDecoration="underline dotted"
              title=${`${url}: browsers cannot open this address. Click to copy it.`} onClick=${copy}>${name}<//>`}
      <//>
      <${CopyButton} text=${url} label=${`Copy the address of ${name}${place}`} />
    <//>
    <${Chakra.Flex} align="center" gap=${1} fontSize="xs" color="fg.muted" wrap="wrap">
      <span title=${`Delivered ${timeWithZone(delivered_at)}`}>${amount}</span>
      <span aria-hidden="true">·</span>
      ${verification === "not verified" && html`<${Chakra.Badge} size="xs" colorPalette="orange"
        title="The server did not allow a check that the file is complete">not verified<//>`}
      <${Chakra.Code} size="xs" variant="plain" title=${`SHA-256 ${sha256}`}>${sha256.slice(0, SHORT)}<//>
      <${CopyButton} text=${sha256} label=${`Copy the SHA-256 of ${name}${place}`} />
    <//>
  <//>`;
}

/** @param {Props.DeliveredFiles} props */
export function DeliveredFiles({ files, isRunning }) {
  const [isAll, setAll] = useState(false);
  if (files.length === 0) {
    return html`<${Chakra.Text} as="span" fontSize="sm" color="fg.muted">${isRunning ? "None yet" : "None"}<//>`;
  }
  const shown = isAll ? files : files.slice(0, SHOWN);
  return html`<${Chakra.Stack} gap=${2}>
    <${Chakra.Stack} as="ul" listStyleType="none" gap=${2}>
      ${shown.map((file) => html`<${File} key=${`${file.destination} ${file.path}`} file=${file} />`)}
    <//>
    ${files.length > SHOWN && html`<${Chakra.Button} size="2xs" variant="outline" alignSelf="flex-start"
      aria-expanded=${isAll}
        onClick=${() => setAll(!isAll)}>${isAll ? "Show fewer" : `Show all ${files.length} files`}<//>`}
  <//>`;
}

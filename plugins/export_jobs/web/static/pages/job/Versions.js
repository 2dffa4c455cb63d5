// Who changed what in the definition, and when; newest first. Each version can be compared with the previous one.
import { Problem } from "../../components/Notice.js";
import { plural, time, timeWithZone } from "../../format.js";
import { Chakra, html, useId, useState } from "../../host.js";
import { useAnswer } from "../../useAnswer.js";
import { fieldText } from "./words.js";

const SHOWN = 5;

/** @param {Props.Versions} props */
export function Versions({ path, versions }) {
  const [isAll, setAll] = useState(false);
  const newest = [...versions].sort((one, other) => other.version - one.version);
  const shown = isAll ? newest : newest.slice(0, SHOWN);
  return html`<${Chakra.Stack} gap=${3}>
    <${Chakra.Stack} as="ol" listStyleType="none" gap=${2.5}>
      ${shown.map((note) => html`<${Version} key=${note.version} path=${path} note=${note} />`)}
    <//>
    ${newest.length > SHOWN && html`<${Chakra.Button} size="xs" variant="outline" alignSelf="flex-start"
      aria-expanded=${isAll} onClick=${() => setAll(!isAll)}>
      ${isAll ? "Show the newest only" : `Show all ${newest.length} versions`}<//>`}
  <//>`;
}

/** @param {Props.Version} props */
function Version({ path, note: { version, changed, created_at: at, created_by } }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return html`<${Chakra.HStack} as="li" gap=${3} align="flex-start" fontSize="sm">
    <${Chakra.Badge} size="sm" flexShrink=${0}>Version ${version}<//>
    <${Chakra.Box} minW=${0} flex="1" wordBreak="break-word">
      <${Chakra.Text}>${changed.map(fieldText).join(", ")}<//>
      <${Chakra.Text} color="fg.muted" fontSize="xs">
        <time dateTime=${at} title=${timeWithZone(at)}>${time(at)}</time> by ${created_by}<//>
      <${Chakra.Button} size="xs" variant="plain" px=${0} height=${6} textDecoration="underline" aria-expanded=${isOpen}
        aria-controls=${id} aria-label=${`Details of version ${version}`} onClick=${() => setOpen(!isOpen)}>
        ${isOpen ? "Hide details" : "Details"}<//>
      <div id=${id}>${isOpen && html`<${Details} path=${path} version=${version} />`}</div>
    <//>
  <//>`;
}

/** @param {Props.VersionDetails} props */
function Details({ path, version }) {
  const { data, error, reload } = useAnswer(path && /** @type {const} */ (`${path}/versions/${version}`));
  if (error) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (!data) return html`<${Chakra.Skeleton} height=${8} />`;
  return html`<${Chakra.Stack} gap=${2} pt=${1}>
    ${data.unreadable && html`<${Chakra.Text} color="fg.muted">${data.unreadable}<//>`}
    ${data.changes.map((change) => html`<${Change} key=${change.path} version=${version} change=${change} />`)}
    <${Chakra.Text} color="fg.muted" fontSize="xs">${usedBy(data)}<//>
  <//>`;
}

/** @param {Api.VersionChanges} data */
function usedBy({ windows, days }) {
  if (windows === 0) return "No file has been delivered with this version.";
  return windows === 1 ? `Used for the file of ${days}.` : `Used for ${plural(windows, "window")}, ${days}.`;
}

/** @param {Props.VersionChange} props */
function Change({ version, change: { path, before, after } }) {
  const side = (/** @type {number} */ number, /** @type {string} */ text) => html`<${Chakra.Box} minW=${0}>
    <${Chakra.Text} color="fg.muted" fontSize="xs">Version ${number}<//>
    <${Chakra.Text}>${text}<//>
  <//>`;
  return html`<${Chakra.Box} role="group" aria-label=${fieldText(path)} borderWidth="1px" borderRadius="sm" px=${3}
    py=${2}>
    <${Chakra.Text} fontWeight="medium">${fieldText(path)}<//>
    <${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2 }} gap=${2}>
      ${side(version - 1, before)}${side(version, after)}
    <//>
  <//>`;
}

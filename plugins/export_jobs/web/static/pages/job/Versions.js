// Who has changed the definition, what of it, and when; newest first.
import { time, timeWithZone } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";
import { fieldWords } from "./words.js";

const SHOWN = 5;

export function Versions({ versions }) {
  const [isAll, setAll] = useState(false);
  const newest = [...versions].sort((one, other) => other.version - one.version);
  const shown = isAll ? newest : newest.slice(0, SHOWN);
  return html`<${Chakra.Stack} gap=${3}>
    <${Chakra.Stack} as="ol" listStyleType="none" gap=${2.5}>
      ${shown.map(
        ({ version, changed, created_at: at, created_by }) => html`<${Chakra.HStack} as="li" key=${version} gap=${3} align="flex-start" fontSize="sm">
          <${Chakra.Badge} size="sm" flexShrink=${0}>Version ${version}<//>
          <${Chakra.Box} minW=${0} wordBreak="break-word">
            <${Chakra.Text}>${changed.map(fieldWords).join(", ")}<//>
            <${Chakra.Text} color="fg.muted" fontSize="xs"><time dateTime=${at} title=${timeWithZone(at)}>${time(at)}</time> by ${created_by}<//>
          <//>
        <//>`,
      )}
    <//>
    ${newest.length > SHOWN && html`<${Chakra.Button} size="xs" variant="outline" alignSelf="flex-start" aria-expanded=${isAll}
      onClick=${() => setAll(!isAll)}>${isAll ? "Show the newest only" : `Show all ${newest.length} versions`}<//>`}
  <//>`;
}

// How a job stands: an icon with its words for those who do not see it, and the reason on hover and on focus.
import { Chakra, html } from "../host.js";
import { Icon } from "./icons.js";

export const STATES = {
  yet_to_execute: { words: "Yet to execute", icon: "clock", color: "fg.muted" },
  in_progress: { words: "In progress", icon: "running", color: "yellow.fg" },
  success: { words: "Success", icon: "check", color: "green.fg" },
  unable_to_execute: { words: "Unable to execute", icon: "cross", color: "red.fg" },
};

// Where there is no reason, the browser's own hint says the words: a tooltip of Chakra's for each of 500 rows takes long.
export function StateIcon({ state, reason = "" }) {
  const { words, icon, color } = STATES[state];
  const sign = (said, isFocused) => html`<${Chakra.Box} as="span" display="inline-flex" p=${1} m=${-1} borderRadius="full" color=${color}
    role="img" aria-label=${said} title=${isFocused ? undefined : said} tabIndex=${isFocused ? 0 : undefined}><${Icon} name=${icon} size=${18} /><//>`;
  if (!reason) return sign(words, false);
  const said = `${words}: ${reason}`;
  return html`<${Chakra.Tooltip.Root} openDelay=${150} closeDelay=${50} positioning=${{ placement: "right" }}>
    <${Chakra.Tooltip.Trigger} asChild>${sign(said, true)}<//>
    <${Chakra.Portal}>
      <${Chakra.Tooltip.Positioner}><${Chakra.Tooltip.Content} maxW="sm">${said}<//><//>
    <//>
  <//>`;
}

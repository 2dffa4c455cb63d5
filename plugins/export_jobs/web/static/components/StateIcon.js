// The state of a job: an icon, its words for screen readers, and the reason on hover and on focus.
import { Chakra, html } from "../host.js";
import { Icon } from "./icons.js";

export const STATES = {
  yet_to_execute: { words: "Yet to execute", icon: "clock", color: "fg.muted" },
  in_progress: { words: "In progress", icon: "running", color: "yellow.fg" },
  success: { words: "Success", icon: "check", color: "green.fg" },
  unable_to_execute: { words: "Unable to execute", icon: "cross", color: "red.fg" },
};

const COMPLETED = { words: "Completed", icon: "check", color: "fg.muted" };

// A job that has delivered its last window is shown as completed, not only as successful.
/** @param {Pick<Api.JobRow, "state" | "status">} job @returns {Page.State} */
export const stateOf = ({ state, status }) =>
  status === "completed" && state === "success" ? COMPLETED : STATES[state];

// Without a reason the browser's own tooltip is enough: Chakra tooltips for 500 rows take long to render.
/** @param {Props.StateIcon} props */
export function StateIcon({ job, hasWords = false }) {
  const { words, icon, color } = stateOf(job);
  const { reason } = job;
  const label = reason ? `${words}: ${reason}` : words;
  const sign = html`<${Chakra.Box} as="span" display="inline-flex" gap=${1.5} p=${1} m=${-1} borderRadius="sm"
    maxW="100%" role="img" aria-label=${label} title=${reason ? undefined : label} tabIndex=${reason ? 0 : undefined}>
    <${Chakra.Box} as="span" color=${color} display="inline-flex"><${Icon} name=${icon} size=${18} /><//>
    ${hasWords && html`<${Chakra.Text} as="span" fontSize="sm" lineHeight="18px" truncate
      display=${{ base: "none", md: "block" }}>${words}<//>`}
  <//>`;
  if (!reason) return sign;
  return html`<${Chakra.Tooltip.Root} openDelay=${150} closeDelay=${50} positioning=${{ placement: "right" }}>
    <${Chakra.Tooltip.Trigger} asChild>${sign}<//>
    <${Chakra.Portal}>
      <${Chakra.Tooltip.Positioner}><${Chakra.Tooltip.Content} maxW="sm">${label}<//><//>
    <//>
  <//>`;
}

// A state in words, with its icon.
/** @param {Props.StateLabel} props */
export function StateLabel({ state: { words, icon, color } }) {
  return html`<${Chakra.HStack} as="span" display="inline-flex" gap=${1.5} fontSize="sm" whiteSpace="nowrap">
    <${Chakra.Box} as="span" color=${color} display="inline-flex"><${Icon} name=${icon} size=${16} /><//>
    <span>${words}</span>
  <//>`;
}

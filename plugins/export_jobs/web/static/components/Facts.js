// Names and values, a line each. A fact without a value is left out, so that nobody reads a list of dashes.
import { Chakra, html } from "../host.js";

export function Facts({ facts, labelWidth = "9rem" }) {
  const told = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return html`<${Chakra.Grid} as="dl" templateColumns=${{ base: "1fr", sm: `${labelWidth} 1fr` }} columnGap=${4} rowGap=${{ base: 0, sm: 2.5 }} fontSize="sm">
    ${told.flatMap(([label, value]) => [
      html`<${Chakra.Box} as="dt" key=${`${label} name`} color="fg.muted">${label}<//>`,
      html`<${Chakra.Box} as="dd" key=${label} minW=${0} wordBreak="break-word" pb=${{ base: 3, sm: 0 }}>${value}<//>`,
    ])}
  <//>`;
}

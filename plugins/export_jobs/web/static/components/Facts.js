// Names and values, a line each. A fact without a value is left out, so that nobody reads a list of dashes.
import { Chakra, html } from "../host.js";

export function Facts({ facts, labelWidth = "9rem" }) {
  const told = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return html`<${Chakra.DataList.Root} orientation=${{ base: "vertical", sm: "horizontal" }} size="md" gap=${{ base: 3, sm: 2.5 }}>
    ${told.map(
      ([label, value]) => html`<${Chakra.DataList.Item} key=${label} alignItems="flex-start" gap=${{ base: 0, sm: 4 }}>
        <${Chakra.DataList.ItemLabel} minW=${labelWidth}>${label}<//>
        <${Chakra.DataList.ItemValue} display="block" minW=${0} wordBreak="break-word">${value}<//>
      <//>`,
    )}
  <//>`;
}

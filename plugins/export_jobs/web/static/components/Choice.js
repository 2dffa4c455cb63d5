// A few choices side by side, one of them chosen; arrow keys move, as in any group of radio buttons.
import { Chakra, html } from "../host.js";

export function Choice({ label, value, options, onChange }) {
  return html`<${Chakra.SegmentGroup.Root} size="sm" aria-label=${label} value=${value}
    onValueChange=${(details) => onChange(details.value)}>
    <${Chakra.SegmentGroup.Indicator} />
    ${options.map(
      ([key, words]) => html`<${Chakra.SegmentGroup.Item} key=${key} value=${key}>
        <${Chakra.SegmentGroup.ItemText}>${words}<//>
        <${Chakra.SegmentGroup.ItemHiddenInput} />
      <//>`,
    )}
  <//>`;
}

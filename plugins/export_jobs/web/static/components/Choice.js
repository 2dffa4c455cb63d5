// A few choices side by side, one of them selected; arrow keys move the selection. The choice "" (all) has another
// value here, because a radio button without a value is never shown as selected.
import { Chakra, html } from "../host.js";

const ALL = "all";

/** @param {Props.Choice} props */
export function Choice({ label, value, options, onChange }) {
  const choose = (/** @type {{ value: string }} */ { value: key }) => onChange(key === ALL ? "" : key);
  return html`<${Chakra.Box} maxW="100%" overflowX="auto" p="2px">
    <${Chakra.SegmentGroup.Root} size="sm" aria-label=${label} value=${value || ALL} onValueChange=${choose}>
      <${Chakra.SegmentGroup.Indicator} />
      ${options.map(
        ([key, words]) => html`<${Chakra.SegmentGroup.Item} key=${key} value=${key || ALL}>
          <${Chakra.SegmentGroup.ItemText}>${words}<//>
          <${Chakra.SegmentGroup.ItemHiddenInput} />
        <//>`,
      )}
    <//>
  <//>`;
}

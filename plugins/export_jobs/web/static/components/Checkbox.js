// A checkbox with its label. `isTop`: for a label of several lines.
import { Chakra, html } from "../host.js";

/** @param {Props.Checkbox} props */
export function Checkbox({ isTop = false, onChange, children, ...rest }) {
  return html`<${Chakra.Checkbox.Root} size="sm" alignItems=${isTop ? "flex-start" : "center"} ...${rest}
    onCheckedChange=${({ checked }) => onChange(checked === true)}>
    <${Chakra.Checkbox.HiddenInput} /><${Chakra.Checkbox.Control} mt=${isTop ? 0.5 : 0} />
    <${Chakra.Checkbox.Label} fontWeight="normal" flex="1" minW=${0}>${children}<//>
  <//>`;
}

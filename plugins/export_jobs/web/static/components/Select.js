// The browser's own list of choices: it works with every keyboard, phone and screen reader.
import { Chakra, html } from "../host.js";

export function Select({ value, options, onChange, size = "sm", ...rest }) {
  return html`<${Chakra.NativeSelect.Root} size=${size} width=${rest.width ?? "100%"}>
    <${Chakra.NativeSelect.Field} value=${value ?? ""} onChange=${(event) => onChange(event.target.value)} ...${rest}>
      ${options.map(([key, words]) => html`<option key=${key} value=${key}>${words}</option>`)}
    <//>
    <${Chakra.NativeSelect.Indicator} />
  <//>`;
}

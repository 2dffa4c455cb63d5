// A label, its control, a hint, and what the server says of the value: each error stands where it can be mended.
import { Chakra, html } from "../host.js";

export const sentence = ({ what, remedy }) => `${what.charAt(0).toUpperCase()}${what.slice(1)}.${remedy ? ` ${remedy}.` : ""}`;

export function Field({ label, hint = null, issues = [], required = false, children, ...rest }) {
  const errors = issues.filter((issue) => issue.level !== "warning");
  const warnings = issues.filter((issue) => issue.level === "warning");
  return html`<${Chakra.Field.Root} invalid=${errors.length > 0} required=${required} ...${rest}>
    <${Chakra.Field.Label}>${label}${required && html`<${Chakra.Field.RequiredIndicator} color="red.fg" />`}<//>
    ${children}
    ${hint && html`<${Chakra.Field.HelperText}>${hint}<//>`}
    ${warnings.map((issue, index) => html`<${Chakra.Text} key=${index} fontSize="xs" color="orange.fg">${sentence(issue)}<//>`)}
    ${errors.length > 0 && html`<${Chakra.Field.ErrorText} display="block" color="red.fg">
      ${errors.map((issue, index) => html`<div key=${index}>${sentence(issue)}</div>`)}
    <//>`}
  <//>`;
}

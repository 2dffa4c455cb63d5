// A label, its control, a hint, and the server's issues with the value.
import { Chakra, html, useId, useState } from "../host.js";
import { isError, sentence } from "../issues.js";
import { withStored } from "../words.js";

/** @param {Props.Field} props */
export function Field({ label, hint = null, issues = [], required = false, children, ...rest }) {
  const errors = issues.filter(isError);
  const warnings = issues.filter((issue) => !isError(issue));
  return html`<${Chakra.Field.Root} invalid=${errors.length > 0} required=${required} ...${rest}>
    <${Chakra.Field.Label}>${label}${required && html`<${Chakra.Field.RequiredIndicator} color="red.fg" />`}<//>
    ${children}
    ${hint && html`<${Chakra.Field.HelperText}>${hint}<//>`}
    ${warnings.map(
      (issue, index) => html`<${Chakra.Text} key=${index} fontSize="xs" color="orange.fg">${sentence(issue)}<//>`,
    )}
    ${errors.length > 0 && html`<${Chakra.Field.ErrorText} display="block" color="red.fg">
      ${errors.map((issue, index) => html`<div key=${index}>${sentence(issue)}</div>`)}
    <//>`}
  <//>`;
}

// The same for several controls that belong together, each with its own label.
/** @param {Props.Group} props */
export function Group({ label, hint = null, issues = [], required = false, children, ...rest }) {
  const id = useId();
  return html`<${Chakra.Stack} gap=${1.5} role="group" aria-labelledby=${id} width="100%" minW=${0} ...${rest}>
    <${Chakra.Text} id=${id} fontSize="sm" fontWeight="medium">
      ${label}${required && html`<${Chakra.Text} as="span" color="red.fg" aria-hidden="true"> *<//>`}
    <//>
    ${children}
    ${hint && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${hint}<//>`}
    ${issues.map((issue, index) => html`<${Chakra.Text} key=${index} fontSize="xs" role="alert"
      color=${isError(issue) ? "red.fg" : "orange.fg"}>${sentence(issue)}<//>`)}
  <//>`;
}

// The browser's own list of choices: it works with every keyboard, phone and screen reader.
/** @param {Props.Select} props */
export function Select({ value, options, onChange, width = "100%", ...rest }) {
  const stored = value ?? "";
  return html`<${Chakra.NativeSelect.Root} size="sm" width=${width}>
    <${Chakra.NativeSelect.Field} value=${stored} textOverflow="ellipsis" ...${rest}
      onChange=${(event) => onChange(event.target.value)}>
      ${withStored(stored, options).map(([key, words]) => html`<option key=${key} value=${key}>${words}</option>`)}
    <//>
    <${Chakra.NativeSelect.Indicator} />
  <//>`;
}

// A list that is typed or pasted, one entry per line or separated. The typed text stays as it is until the list changes
// for another reason.
/** @param {Props.TextList} props */
export function TextList({ label, hint, issues, value, separators, onChange, ...rest }) {
  const [text, setText] = useState(value.join("\n"));
  const entries = (/** @type {string} */ typed) => [
    ...new Set(typed.split(separators).map((entry) => entry.trim()).filter(Boolean)),
  ];
  const type = (/** @type {Page.InputEvent} */ event) => {
    setText(event.target.value);
    onChange(entries(event.target.value));
  };
  const isOwn = entries(text).join() === value.join();
  return html`<${Field} label=${label} issues=${issues} hint=${hint}>
    <${Chakra.Textarea} size="sm" rows=${2} value=${isOwn ? text : value.join("\n")} onChange=${type} ...${rest} />
  <//>`;
}

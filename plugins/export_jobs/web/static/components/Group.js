// As Field, for several controls that belong together: each of them has a label of its own.
import { Chakra, html, useId } from "../host.js";
import { sentence } from "./Field.js";

export function Group({ label, hint = null, issues = [], required = false, children, ...rest }) {
  const id = useId();
  return html`<${Chakra.Stack} gap=${1.5} role="group" aria-labelledby=${id} width="100%" minW=${0} ...${rest}>
    <${Chakra.Text} id=${id} fontSize="sm" fontWeight="medium">${label}${required && html`<${Chakra.Text} as="span" color="red.fg" aria-hidden="true"> *<//>`}<//>
    ${children}
    ${hint && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${hint}<//>`}
    ${issues.map((issue, index) => html`<${Chakra.Text} key=${index} fontSize="xs" role="alert"
      color=${issue.level === "warning" ? "orange.fg" : "red.fg"}>${sentence(issue)}<//>`)}
  <//>`;
}

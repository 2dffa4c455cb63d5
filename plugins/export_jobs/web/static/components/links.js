// Links within Airflow: in the text, or as a button.
import { Chakra, Router, html } from "../host.js";

/** @param {Props.TextLink} props */
export function TextLink({ to, label, children, ...rest }) {
  return html`<${Chakra.Link} asChild ...${rest}><${Router.Link} to=${to} aria-label=${label}>${children}<//><//>`;
}

/** @param {Props.LinkButton} props */
export function LinkButton({ to, children, ...rest }) {
  return html`<${Chakra.Button} asChild size="sm" ...${rest}><${Router.Link} to=${to}>${children}<//><//>`;
}

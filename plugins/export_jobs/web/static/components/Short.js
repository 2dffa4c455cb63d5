// A text on one line, truncated with … if there is no more room; a tooltip shows the whole text.
import { Chakra, html } from "../host.js";

/** @param {Props.Short} props */
export const Short = ({ text, title = text, ...rest }) => html`<${Chakra.Text} truncate title=${title}
  ...${rest}>${text}<//>`;

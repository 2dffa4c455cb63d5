// A text on one line that ends in … where there is no more room; the whole of it is shown while the mouse rests on it.
import { Chakra, html } from "../host.js";

/** @param {Props.Short} props */
export const Short = ({ text, title = text, ...rest }) => html`<${Chakra.Text} truncate title=${title}
  ...${rest}>${text}<//>`;

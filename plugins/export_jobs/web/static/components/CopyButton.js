// Copies a text to the clipboard and announces it.
import { Chakra, html } from "../host.js";
import { announce } from "./Announcer.js";
import { Icon } from "./icons.js";

const REFUSED = "The browser does not let this page write to the clipboard. Select the text and copy it yourself.";

/** @param {Props.CopyButton} props */
export function CopyButton({ text, label }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce("Copied.");
    } catch {
      announce(REFUSED, "error");
    }
  };
  return html`<${Chakra.IconButton} size="2xs" variant="ghost" aria-label=${label} title=${label} onClick=${copy}>
    <${Icon} name="copy" size=${14} />
  <//>`;
}

// A state in words, with its icon.
import { Chakra, html } from "../host.js";
import { Icon } from "./icons.js";

export function Words({ state: { words, icon, color }, size = "sm" }) {
  return html`<${Chakra.HStack} as="span" display="inline-flex" gap=${1.5} fontSize=${size} whiteSpace="nowrap">
    <${Chakra.Box} as="span" color=${color} display="inline-flex"><${Icon} name=${icon} size=${16} /><//>
    <span>${words}</span>
  <//>`;
}

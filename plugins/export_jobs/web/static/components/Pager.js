// Which part of a long list is shown.
import { number } from "../format.js";
import { Chakra, html } from "../host.js";

/** @param {Props.Pager} props */
export function Pager({ offset, limit, total, onMove }) {
  if (total <= limit && offset === 0) return null;
  const last = Math.min(offset + limit, total);
  return html`<${Chakra.HStack} as="nav" aria-label="Pages" justify="flex-end" gap=${3} pt=${3}>
    <${Chakra.Text} fontSize="sm" color="fg.muted">${number(offset + 1)}–${number(last)} of ${number(total)}<//>
    <${Chakra.Button} size="xs" variant="outline" disabled=${offset === 0}
      onClick=${() => onMove(Math.max(0, offset - limit))}>Previous<//>
    <${Chakra.Button} size="xs" variant="outline" disabled=${last >= total}
      onClick=${() => onMove(offset + limit)}>Next<//>
  <//>`;
}

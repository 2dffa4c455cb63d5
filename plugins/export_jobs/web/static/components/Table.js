// A table with its headings. Skeleton lines are shown until there are rows.
import { Chakra, html } from "../host.js";

/** @param {Props.Table} props */
export function Table({ label, headings, rows, skeleton = 3, height = 8, ...rest }) {
  const lines = Array.from({ length: skeleton }, (_, line) => html`<${Chakra.Table.Row} key=${line}>
    <${Chakra.Table.Cell} colSpan=${headings.length}><${Chakra.Skeleton} height=${height} /><//>
  <//>`);
  return html`<${Chakra.Table.ScrollArea} borderWidth="1px" borderRadius="md" ...${rest}>
    <${Chakra.Table.Root} size="sm" aria-label=${label} stickyHeader=${"maxH" in rest}>
      <${Chakra.Table.Header}>
        <${Chakra.Table.Row}>
          ${headings.map(({ words, ...cell }, index) => html`<${Chakra.Table.ColumnHeader} key=${index} scope="col"
            fontSize="xs" ...${cell}>${words}<//>`)}
        <//>
      <//>
      <${Chakra.Table.Body}>${rows ?? lines}<//>
    <//>
  <//>`;
}

/** @param {Props.RowHeading} props */
export function RowHeading({ children, ...rest }) {
  return html`<${Chakra.Table.Cell} as="th" scope="row" textAlign="start" fontWeight="normal"
    ...${rest}>${children}<//>`;
}

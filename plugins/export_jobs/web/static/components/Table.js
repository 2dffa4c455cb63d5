// A table with its headings. Skeleton lines are shown until there are rows.
import { Chakra, html } from "../host.js";

/** @param {Props.Table} props */
export function Table({ label, headings, rows, skeleton = 3, height = 8, isFixed = false, ...rest }) {
  const lines = Array.from({ length: skeleton }, (_, line) => html`<${Chakra.Table.Row} key=${line}>
    <${Chakra.Table.Cell} colSpan=${headings.length}><${Chakra.Skeleton} height=${height} /><//>
  <//>`);
  // In a fixed table the columns share the width, nothing scrolls sideways, and the header stays in sight.
  const area = isFixed ? { overflow: "visible", whiteSpace: "normal" } : {};
  return html`<${Chakra.Table.ScrollArea} borderWidth="1px" borderRadius="md" ...${area} ...${rest}>
    <${Chakra.Table.Root} size="sm" aria-label=${label} stickyHeader=${isFixed || "maxH" in rest}
      tableLayout=${isFixed ? "fixed" : undefined}>
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

// The columns of a file: in which order, under which heading, and which of them. They are moved by dragging their handle
// or, with the handle in focus, by the arrow keys.
import { Group } from "../Group.js";
import { Chakra, html, useRef, useState } from "../../host.js";
import { ColumnRow } from "./ColumnRow.js";
import { asColumns, asRows, moved } from "./columnRows.js";

export function ColumnList({ columns, held, issues, onChange }) {
  const [rows, setRows] = useState(() => asRows(columns, held));
  const [said, setSaid] = useState("");
  const list = useRef(null);
  const put = (next) => {
    setRows(next);
    onChange(asColumns(next, held));
  };
  const move = (from, to) => {
    if (to < 0 || to >= rows.length || to === from) return;
    put(moved(rows, from, to));
    setSaid(`${rows[from].title} is now at place ${to + 1} of ${rows.length}.`);
  };
  const change = (index, changes) => put(rows.map((row, place) => (place === index ? { ...row, ...changes } : row)));
  // Where a pointer is, as a place in the list.
  const placeAt = (y) => {
    const middles = [...list.current.children].map((item) => item.getBoundingClientRect()).map(({ top, height }) => top + height / 2);
    return middles.filter((middle) => middle < y).length;
  };
  const chosen = rows.filter((row) => row.isChosen);
  const isChanged = asColumns(rows, held).length > 0;
  const errorsOf = (row) => {
    const place = chosen.indexOf(row);
    return place < 0 ? [] : issues.filter(({ path }) => path === `columns[${place}]` || path.startsWith(`columns[${place}].`));
  };
  return html`<${Group} label="Columns" issues=${issues.filter(({ path }) => path === "columns")}
    hint="Drag a handle to change the order, or focus it and press the arrow keys. The heading is what stands in the file.">
    <${Chakra.Box} ref=${list} as="ol" listStyleType="none" borderWidth="1px" borderRadius="md" width="100%">
      ${rows.map(
        (row, index) => html`<${ColumnRow} key=${row.column} row=${row} index=${index} isLast=${row.isChosen && chosen.length === 1}
          issues=${errorsOf(row)} onChange=${(changes) => change(index, changes)} onMove=${(to) => move(index, to)} placeAt=${placeAt} />`,
      )}
    <//>
    <${Chakra.HStack} width="100%" justify="space-between" fontSize="xs" color="fg.muted" minH=${7}>
      <span>${chosen.length} of ${rows.length} columns</span>
      ${isChanged && html`<${Chakra.Button} size="2xs" variant="outline" onClick=${() => put(asRows([], held))}>Reset columns<//>`}
    <//>
    <${Chakra.VisuallyHidden} role="status" aria-live="polite">${said}<//>
  <//>`;
}

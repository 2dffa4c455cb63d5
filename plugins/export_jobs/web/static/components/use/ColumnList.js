// The columns of a file: which ones, in which order, with which headings. A column is moved by dragging its handle, or
// with the arrow keys while the handle has the focus.
import { Chakra, html, useRef, useState } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { Group } from "../Field.js";
import { ColumnRow } from "./ColumnRow.js";
import { columnsOf, move, rowsOf } from "./columnRows.js";

const HINT =
  "Drag a handle to change the order, or use the arrow keys. The heading is the name of the column in the file.";

/** @param {Props.ColumnList} props */
export function ColumnList({ columns, templateColumns, issues, onChange }) {
  const [rows, setRows] = useState(() => rowsOf(columns, templateColumns));
  const [announcement, setAnnouncement] = useState("");
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const put = (/** @type {Page.ColumnRow[]} */ next) => {
    setRows(next);
    onChange(columnsOf(next, templateColumns));
  };
  const moveTo = (/** @type {number} */ from, /** @type {number} */ to) => {
    if (to < 0 || to >= rows.length || to === from) return;
    put(move(rows, from, to));
    setAnnouncement(`${rows[from].title} is now at position ${to + 1} of ${rows.length}.`);
  };
  const change = (/** @type {number} */ at, /** @type {Partial<Page.ColumnRow>} */ changes) =>
    put(rows.map((row, index) => (index === at ? { ...row, ...changes } : row)));
  // The position in the list where the pointer is.
  const positionAt = (/** @type {number} */ y) => {
    const boxes = [...(list.current?.children ?? [])].map((item) => item.getBoundingClientRect());
    return boxes.filter(({ top, height }) => top + height / 2 < y).length;
  };
  const chosen = rows.filter((row) => row.isChosen);
  const isChanged = columnsOf(rows, templateColumns).length > 0;
  const issuesOf = (/** @type {Page.ColumnRow} */ row) =>
    row.isChosen ? issuesAt(issues, `columns[${chosen.indexOf(row)}]`) : [];
  return html`<${Group} label="Columns" issues=${issues.filter(({ path }) => path === "columns")}
    hint=${HINT}>
    <${Chakra.Box} ref=${list} as="ol" listStyleType="none" borderWidth="1px" borderRadius="md" width="100%">
      ${rows.map((row, index) => html`<${ColumnRow} key=${row.column} row=${row} index=${index}
        isLast=${row.isChosen && chosen.length === 1} issues=${issuesOf(row)} positionAt=${positionAt}
        onChange=${(changes) => change(index, changes)} onMove=${(to) => moveTo(index, to)} />`)}
    <//>
    <${Chakra.HStack} width="100%" justify="space-between" fontSize="xs" color="fg.muted" minH=${7}>
      <span>${chosen.length} of ${rows.length} columns</span>
      ${isChanged && html`<${Chakra.Button} size="2xs" variant="outline"
        onClick=${() => put(rowsOf([], templateColumns))}>Reset columns<//>`}
    <//>
    <${Chakra.VisuallyHidden} role="status" aria-live="polite">${announcement}<//>
  <//>`;
}

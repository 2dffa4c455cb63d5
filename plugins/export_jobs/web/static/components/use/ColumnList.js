// The columns of a file: their selection, order and headings. A column is moved by dragging its handle, or with the
// arrow keys while the handle has the focus.
import { Chakra, html, useRef, useState } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { Group } from "../Field.js";
import { SearchField } from "../SearchField.js";
import { ColumnRow } from "./ColumnRow.js";
import { chooseAll, columnsOf, move, placesOf, rowsOf } from "./columnRows.js";

const MANY = 12; // longer lists get a search field and scroll
const HINT =
  "Drag a handle to change the order, or use the arrow keys. The heading is the name of the column in the file.";

/** @param {Props.ColumnList} props */
export function ColumnList({ columns, templateColumns, issues, onChange }) {
  const [rows, setRows] = useState(() => rowsOf(columns, templateColumns));
  const [search, setSearch] = useState("");
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
  const isLong = rows.length > MANY;
  const places = placesOf(rows, search);
  const choose = (/** @type {boolean} */ isChosen) => put(chooseAll(rows, places, isChosen));
  // The position in the list at the pointer. Columns that do not match the search are not rendered.
  const positionAt = (/** @type {number} */ y) => {
    const boxes = [...(list.current?.children ?? [])].map((item) => item.getBoundingClientRect());
    return places[boxes.filter(({ top, height }) => top + height / 2 < y).length] ?? rows.length;
  };
  const chosen = rows.filter((row) => row.isChosen);
  const isChanged = columnsOf(rows, templateColumns).length > 0;
  const issuesOf = (/** @type {Page.ColumnRow} */ row) =>
    row.isChosen ? issuesAt(issues, `columns[${chosen.indexOf(row)}]`) : [];
  return html`<${Group} label="Columns" issues=${issues.filter(({ path }) => path === "columns")}
    hint=${HINT}>
    <${Chakra.HStack} width="100%" gap=${2} wrap="wrap">
      ${isLong && html`<${SearchField} label="Search columns" placeholder="Search columns" value=${search}
        onSearch=${setSearch} flex="1 1 12rem" />`}
      <${Chakra.Button} size="2xs" variant="outline" onClick=${() => choose(true)}>
        ${search ? "Select these" : "Select all"}<//>
      <${Chakra.Button} size="2xs" variant="outline" onClick=${() => choose(false)}>
        ${search ? "Leave these out" : "Select none"}<//>
    <//>
    <${Chakra.Box} ref=${list} as="ol" listStyleType="none" borderWidth="1px" borderRadius="md" width="100%"
      maxH=${isLong ? "28rem" : undefined} overflowY=${isLong ? "auto" : undefined}>
      ${places.map((index) => html`<${ColumnRow} key=${rows[index].column} row=${rows[index]} index=${index}
        isLast=${rows[index].isChosen && chosen.length === 1} issues=${issuesOf(rows[index])} positionAt=${positionAt}
        onChange=${(changes) => change(index, changes)} onMove=${(to) => moveTo(index, to)} />`)}
    <//>
    ${places.length === 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">No column matches.<//>`}
    <${Chakra.HStack} width="100%" justify="space-between" fontSize="xs" color="fg.muted" minH=${7}>
      <span>${chosen.length} of ${rows.length} columns</span>
      ${isChanged && html`<${Chakra.Button} size="2xs" variant="outline"
        onClick=${() => put(rowsOf([], templateColumns))}>Reset columns<//>`}
    <//>
    <${Chakra.VisuallyHidden} role="status" aria-live="polite">${announcement}<//>
  <//>`;
}

// The table of jobs. Rows stay in place while they are requested again.
import { ActionMenu } from "../../components/ActionMenu.js";
import { Icon } from "../../components/icons.js";
import { RowHeading, Table } from "../../components/Table.js";
import { userZone } from "../../format.js";
import { Chakra, html } from "../../host.js";

const ROW_HEIGHT = "3.5rem";
const BOX = { width: "1rem", height: "1rem", cursor: "pointer", verticalAlign: "middle" };
const WIDE = { base: "none", sm: "table-cell" };

/** @param {Page.JobColumn} column @param {string} sort @param {(sort: string) => void} onSort */
function headingOf({ key: name, sort: key, heading, display, width, hasZone }, sort, onSort) {
  if (!key) return { words: heading, display, width };
  const isDown = sort === `-${key}`;
  const isSorted = isDown || sort === key;
  const direction = isDown ? "descending" : "ascending";
  const words = html`<${Chakra.Button} size="xs" variant="plain" px=${0} height="auto" color="inherit"
    fontWeight="inherit" aria-label=${heading} onClick=${() => onSort(sort === key ? `-${key}` : key)}>
    <${Chakra.Box} as="span" display=${name === "state" ? { base: "none", md: "inline" } : undefined}>${heading}<//>
    <${Chakra.Box} as="span" width=${3} opacity=${isSorted ? 1 : 0}><${Icon} name=${isDown ? "down" : "up"}
      size=${12} /><//>
  <//>${hasZone && html`<${Chakra.Text} fontSize="2xs" fontWeight="normal" color="fg.muted" truncate
    title="The time zone that you have chosen in Airflow">${userZone()}<//>`}`;
  return { words, display, width, "aria-sort": isSorted ? direction : undefined };
}

// The browser's own checkbox, because 500 Chakra checkboxes take long to render.
/** @param {Props.RowCheckbox} props */
function RowCheckbox({ label, isChecked, isMixed = false, onChange }) {
  const mark = (/** @type {HTMLInputElement | null} */ element) => {
    if (element) element.indeterminate = isMixed;
  };
  return html`<input type="checkbox" ref=${mark} aria-label=${label} checked=${isChecked}
    style=${{ ...BOX, accentColor: "var(--chakra-colors-brand-solid)" }}
    onChange=${(event) => onChange(event.target.checked)} />`;
}

/** @param {Props.JobTableRow} props */
function Row({ job, columns, isSelected, onToggle, actions }) {
  return html`<${Chakra.Table.Row} height=${ROW_HEIGHT} verticalAlign="top">
    <${Chakra.Table.Cell} display=${WIDE}>
      ${job.may.edit && html`<${RowCheckbox} label=${`Select ${job.name}`} isChecked=${isSelected}
        onChange=${onToggle} />`}
    <//>
    ${columns.map(
      ({ key, display, cell }) => html`<${key === "name" ? RowHeading : Chakra.Table.Cell} key=${key}
        display=${display} overflow="hidden">
        ${cell(job)}<//>`,
    )}
    <${Chakra.Table.Cell} textAlign="end"><${ActionMenu} label=${`More for ${job.name}`} items=${actions} /><//>
  <//>`;
}

/** @param {Props.JobTable} props */
export function JobTable({ jobs, columns, sort, onSort, selected, onSelect, actionsOf }) {
  const editable = (jobs ?? []).filter((job) => job.may.edit).map((job) => job.dag_id);
  const isAll = editable.every((id) => selected.has(id));
  const toggle = (/** @type {string[]} */ ids, /** @type {boolean} */ isOn) =>
    onSelect(new Set([...selected].filter((id) => !ids.includes(id)).concat(isOn ? ids : [])));
  const tickAll = editable.length > 0 && html`<${RowCheckbox} label="Select all on this page" isChecked=${isAll}
    isMixed=${!isAll && selected.size > 0} onChange=${(isOn) => toggle(editable, isOn)} />`;
  const headings = [
    { words: tickAll, width: "2.5rem", display: WIDE },
    ...columns.map((column) => headingOf(column, sort, onSort)),
    { words: html`<${Chakra.VisuallyHidden}>More<//>`, width: "3rem" },
  ];
  const rows = jobs?.map((job) => html`<${Row} key=${job.dag_id} job=${job} columns=${columns}
    isSelected=${selected.has(job.dag_id)}
    actions=${actionsOf(job)} onToggle=${(isOn) => toggle([job.dag_id], isOn)} />`);
  return html`<${Table} label="Export schedules" headings=${headings} rows=${rows} skeleton=${6} height=${10}
    isFixed />`;
}

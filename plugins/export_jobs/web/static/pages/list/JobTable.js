// The table of jobs: rows keep their place while they are asked for again.
import { ActionMenu } from "../../components/ActionMenu.js";
import { Icon } from "../../components/icons.js";
import { Chakra, html } from "../../host.js";
import { COLUMNS } from "./columns.js";

const SKELETON_ROWS = 6;
const ROW_HEIGHT = "3.5rem";
const TICKS = { base: "none", sm: "table-cell" };

function Heading({ column, sort, onSort }) {
  const isDown = sort === `-${column.sort}`;
  const isSorted = column.sort && (isDown || sort === column.sort);
  return html`<${Chakra.Table.ColumnHeader} scope="col" display=${column.display} width=${column.width} fontSize="xs"
    aria-sort=${isSorted ? (isDown ? "descending" : "ascending") : undefined}>
    ${column.sort
      ? html`<${Chakra.Button} size="xs" variant="plain" px=${0} height="auto" color="inherit" fontWeight="inherit"
          onClick=${() => onSort(sort === column.sort ? `-${column.sort}` : column.sort)}>
          ${column.heading}
          <${Chakra.Box} as="span" width=${3} opacity=${isSorted ? 1 : 0}><${Icon} name=${isDown ? "down" : "up"} size=${12} /><//>
        <//>`
      : column.heading}
  <//>`;
}

// The browser's own box: 500 of Chakra's take long to draw.
function Tick({ label, checked, onChange }) {
  const mark = (element) => element && (element.indeterminate = checked === "indeterminate");
  return html`<input type="checkbox" ref=${mark} aria-label=${label} checked=${checked === true} onChange=${(event) => onChange(event.target.checked)}
    style=${{ width: "1rem", height: "1rem", accentColor: "var(--chakra-colors-brand-solid)", cursor: "pointer", verticalAlign: "middle" }} />`;
}

export function JobTable({ jobs, sort, onSort, selected, onSelect, actionsOf }) {
  const editable = (jobs ?? []).filter((job) => job.may.edit);
  const all = editable.length > 0 && editable.every((job) => selected.has(job.dag_id));
  const toggle = (ids, is) => onSelect(new Set([...selected].filter((id) => !ids.includes(id)).concat(is ? ids : [])));
  return html`<${Chakra.Table.ScrollArea} borderWidth="1px" borderRadius="md">
    <${Chakra.Table.Root} size="sm" aria-label="Export schedules">
      <${Chakra.Table.Header}>
        <${Chakra.Table.Row}>
          <${Chakra.Table.ColumnHeader} width="2.5rem" display=${TICKS}>
            ${editable.length > 0 && html`<${Tick} label="Select all on this page" checked=${all ? true : selected.size > 0 ? "indeterminate" : false}
              onChange=${(is) => toggle(editable.map((job) => job.dag_id), is)} />`}
          <//>
          ${COLUMNS.map((column) => html`<${Heading} key=${column.key} column=${column} sort=${sort} onSort=${onSort} />`)}
          <${Chakra.Table.ColumnHeader} width="3rem"><${Chakra.VisuallyHidden}>More<//><//>
        <//>
      <//>
      <${Chakra.Table.Body}>
        ${jobs
          ? jobs.map(
              (job) => html`<${Chakra.Table.Row} key=${job.dag_id} height=${ROW_HEIGHT} verticalAlign="top">
                <${Chakra.Table.Cell} display=${TICKS}>
                  ${job.may.edit && html`<${Tick} label=${`Select ${job.name}`} checked=${selected.has(job.dag_id)}
                    onChange=${(is) => toggle([job.dag_id], is)} />`}
                <//>
                ${COLUMNS.map(
                  ({ key, display, cell, isHeader }) => html`<${Chakra.Table.Cell} key=${key} display=${display}
                    ...${isHeader ? { as: "th", scope: "row", textAlign: "start", fontWeight: "normal" } : {}}>${cell(job)}<//>`,
                )}
                <${Chakra.Table.Cell} textAlign="end"><${ActionMenu} label=${`More for ${job.name}`} items=${actionsOf(job)} /><//>
              <//>`,
            )
          : Array.from({ length: SKELETON_ROWS }, (_, row) => html`<${Chakra.Table.Row} key=${row} height=${ROW_HEIGHT}>
              <${Chakra.Table.Cell} display=${TICKS} /><${Chakra.Table.Cell} colSpan=${COLUMNS.length + 1}><${Chakra.Skeleton} height=${4} /><//>
            <//>`)}
      <//>
    <//>
  <//>`;
}

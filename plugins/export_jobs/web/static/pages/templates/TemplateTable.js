// Templates in a table; a template that a job uses cannot be deleted.
import { ActionMenu } from "../../components/ActionMenu.js";
import { plural, time } from "../../format.js";
import { Chakra, Router, html } from "../../host.js";
import { templatePath } from "../../paths.js";
import { KINDS } from "../../words.js";

const SKELETON_ROWS = 6;
const WIDE = { base: "none", lg: "table-cell" };
const MEDIUM = { base: "none", md: "table-cell" };

function Row({ template, onDelete }) {
  const { name, kind, description, file_columns, used_by, created_at, created_by, issues } = template;
  const items = onDelete && used_by === 0 ? [{ value: "delete", words: "Delete…", isGrave: true, onSelect: () => onDelete(template) }] : [];
  return html`<${Chakra.Table.Row} verticalAlign="top">
    <${Chakra.Table.Cell} as="th" scope="row" textAlign="start" fontWeight="normal">
      <${Chakra.Link} asChild fontWeight="medium"><${Router.Link} to=${templatePath(name)}>${name}<//><//>
      ${description && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${description}<//>`}
      ${issues.length > 0 && html`<${Chakra.Text} fontSize="xs" color="red.fg">The catalogue no longer has all of it<//>`}
    <//>
    <${Chakra.Table.Cell}><${Chakra.Badge} size="sm">${KINDS[kind]}<//><//>
    <${Chakra.Table.Cell} display=${MEDIUM} fontSize="sm" color="fg.muted">
      <${Chakra.Text} lineClamp=${2} maxW="28rem">${file_columns.map(({ title }) => title).join(" · ")}<//><//>
    <${Chakra.Table.Cell} whiteSpace="nowrap">${used_by === 0 ? "No job" : plural(used_by, "job")}<//>
    <${Chakra.Table.Cell} display=${WIDE} fontSize="sm" whiteSpace="nowrap">${time(created_at)}<${Chakra.Text} fontSize="xs" color="fg.muted">${created_by}<//><//>
    <${Chakra.Table.Cell} textAlign="end"><${ActionMenu} label=${`More for ${name}`} items=${items} /><//>
  <//>`;
}

export function TemplateTable({ templates, onDelete }) {
  return html`<${Chakra.Table.ScrollArea} borderWidth="1px" borderRadius="md">
    <${Chakra.Table.Root} size="sm" aria-label="Templates">
      <${Chakra.Table.Header}><${Chakra.Table.Row}>
        ${[["Name"], ["Holds"], ["Columns", MEDIUM], ["Used by"], ["Created", WIDE]].map(
          ([heading, display]) => html`<${Chakra.Table.ColumnHeader} key=${heading} scope="col" fontSize="xs" display=${display}>${heading}<//>`,
        )}
        <${Chakra.Table.ColumnHeader} width="3rem"><${Chakra.VisuallyHidden}>More<//><//>
      <//><//>
      <${Chakra.Table.Body}>
        ${templates
          ? templates.map((template) => html`<${Row} key=${template.name} template=${template} onDelete=${onDelete} />`)
          : Array.from({ length: SKELETON_ROWS }, (_, row) => html`<${Chakra.Table.Row} key=${row}>
              <${Chakra.Table.Cell} colSpan=${6}><${Chakra.Skeleton} height=${5} /><//><//>`)}
      <//>
    <//>
  <//>`;
}

// Templates in a table; a template that a job uses cannot be deleted.
import { ActionMenu } from "../../components/ActionMenu.js";
import { TextLink } from "../../components/links.js";
import { RowHeading, Table } from "../../components/Table.js";
import { plural, time } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { templatePath } from "../../paths.js";
import { KINDS } from "../../words.js";

const SMALL = { base: "none", sm: "table-cell" };
const WIDE = { base: "none", lg: "table-cell" };
const MEDIUM = { base: "none", md: "table-cell" };
const HEADINGS = [
  { words: "Name" },
  { words: "Contents", display: SMALL, width: "6rem" },
  { words: "Columns", display: MEDIUM, width: "33%" },
  { words: "Used by", width: { base: "5.5rem", md: "6.5rem" } },
  { words: "Created", display: WIDE, width: "10.5rem" },
  { words: html`<${Chakra.VisuallyHidden}>More<//>`, width: "3rem" },
];

/** @param {Props.TemplateTableRow} props */
function Row({ template, onDelete }) {
  const { name, kind, description, file_columns, used_by, created_at, created_by, issues } = template;
  const remove = { value: "delete", words: "Delete…", isDangerous: true, onSelect: () => onDelete?.(template) };
  return html`<${Chakra.Table.Row} verticalAlign="top">
    <${RowHeading} wordBreak="break-word">
      <${TextLink} to=${templatePath(name)} fontWeight="medium">${name}<//>
      ${description && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${description}<//>`}
      ${issues.length > 0 && html`<${Chakra.Text} fontSize="xs" color="red.fg">
        Parts of this template are no longer in the catalogue<//>`}
    <//>
    <${Chakra.Table.Cell} display=${SMALL}><${Chakra.Badge} size="sm">${KINDS[kind]}<//><//>
    <${Chakra.Table.Cell} display=${MEDIUM} fontSize="sm" color="fg.muted">
      <${Chakra.Text} lineClamp=${2}>${file_columns.map(({ title }) => title).join(" · ")}<//><//>
    <${Chakra.Table.Cell} whiteSpace="nowrap">${used_by === 0 ? "No job" : plural(used_by, "job")}<//>
    <${Chakra.Table.Cell} display=${WIDE} fontSize="sm">
      ${time(created_at)}<${Chakra.Text} fontSize="xs" color="fg.muted">${created_by}<//><//>
    <${Chakra.Table.Cell} textAlign="end">
      <${ActionMenu} label=${`More for ${name}`} items=${onDelete && used_by === 0 ? [remove] : []} /><//>
  <//>`;
}

/** @param {Props.TemplateTable} props */
export function TemplateTable({ templates, onDelete }) {
  const rows = templates?.map((template) => html`<${Row} key=${template.name} template=${template}
    onDelete=${onDelete} />`);
  return html`<${Table} label="Templates" headings=${HEADINGS} rows=${rows} skeleton=${6} isFixed />`;
}

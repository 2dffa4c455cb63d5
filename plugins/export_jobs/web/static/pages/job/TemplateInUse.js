// One template as this job uses it: which rows go into its file, and the columns with their headings.
import { Facts } from "../../components/layout.js";
import { TextLink } from "../../components/links.js";
import { Table } from "../../components/Table.js";
import { plural } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { templatePath } from "../../paths.js";
import { KINDS, TYPES, wordOf } from "../../words.js";
import { basisText, filterText, orderText } from "./words.js";

const HEADINGS = [{ words: "Heading in the file" }, { words: "Contents" }, { words: "Type" }];

/** @param {Page.TemplateInUse} template */
function rowsText({ filters, audience, kind }) {
  const conditions = filters.map(filterText);
  if (audience > 0) conditions.push(`only the rows of ${plural(audience, "customer")}`);
  if (conditions.length === 0) return kind === "dimension" ? "All rows" : "All rows of the window";
  return html`<${Chakra.List.Root} listStyleType="none">
    ${conditions.map((text) => html`<${Chakra.List.Item} key=${text}>${text}<//>`)}<//>`;
}

/** @param {Props.TemplateInUse} props */
function Columns({ template: { name, columns } }) {
  const rows = columns.map(({ column, heading, title, type }) => html`<${Chakra.Table.Row} key=${column}>
    <${Chakra.Table.Cell} fontWeight="medium" wordBreak="break-word">${heading}<//>
    <${Chakra.Table.Cell}>
      ${title === column ? "" : `${title} `}<${Chakra.Text} as="span" color="fg.muted">${column}<//><//>
    <${Chakra.Table.Cell} color="fg.muted">${type ? wordOf(TYPES, type) : "unknown"}<//>
  <//>`);
  return html`<${Table} headings=${HEADINGS} rows=${rows} whiteSpace="normal" maxH="22rem" tabIndex=${0}
    role="region" aria-label=${`Columns of ${name}`} />`;
}

/** @param {Props.TemplateInUse} props */
export function TemplateInUse({ template }) {
  const { name, kind, description, columns, subfolder, order_by } = template;
  const facts = [
    ["Rows", rowsText(template)],
    ["Date basis", basisText(template)],
    ["Order", orderText(order_by)],
    ["Sub-folder", subfolder],
  ];
  return html`<${Chakra.Stack} gap=${3}>
    <${Chakra.Stack} gap=${0.5}>
      <${Chakra.HStack} gap=${2} wrap="wrap">
        <${Chakra.Heading} as="h3" size="sm"><${TextLink} to=${templatePath(name)}>${name}<//><//>
        <${Chakra.Badge} size="sm">${KINDS[kind]}<//>
        <${Chakra.Text} fontSize="sm" color="fg.muted">${plural(columns.length, "column")}<//>
      <//>
      ${description && html`<${Chakra.Text} fontSize="sm" color="fg.muted">${description}<//>`}
    <//>
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${4} alignItems="start">
      <${Facts} facts=${facts} />
      <${Columns} template=${template} />
    <//>
  <//>`;
}

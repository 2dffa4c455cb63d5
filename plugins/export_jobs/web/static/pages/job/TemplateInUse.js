// One template as this job uses it: which rows go into its file, and the columns under their headings.
import { Facts } from "../../components/Facts.js";
import { number, plural } from "../../format.js";
import { Chakra, Router, html } from "../../host.js";
import { templatePath } from "../../paths.js";
import { basisWords, filterWords, kindWords, orderWords } from "./words.js";

const HEADINGS = ["Heading in the file", "Holds", "Type"];

function rowsOf({ filters, audience, kind }) {
  const said = filters.map(filterWords);
  if (audience > 0) said.push(`Customers of an audience of ${number(audience)}`);
  if (said.length === 0) return kind === "dimension" ? "All rows" : "All rows of the window";
  return html`<${Chakra.List.Root} listStyleType="none">${said.map((text) => html`<${Chakra.List.Item} key=${text}>${text}<//>`)}<//>`;
}

function Columns({ template }) {
  const { name, columns } = template;
  return html`<${Chakra.Table.ScrollArea} whiteSpace="normal" borderWidth="1px" borderRadius="md" maxH="22rem" tabIndex=${0}
    role="region" aria-label=${`Columns of ${name}`}>
    <${Chakra.Table.Root} size="sm" stickyHeader>
      <${Chakra.Table.Header}>
        <${Chakra.Table.Row}>
          ${HEADINGS.map((words) => html`<${Chakra.Table.ColumnHeader} key=${words} scope="col" fontSize="xs">${words}<//>`)}
        <//>
      <//>
      <${Chakra.Table.Body}>
        ${columns.map(
          ({ column, heading, title, type }) => html`<${Chakra.Table.Row} key=${column}>
            <${Chakra.Table.Cell} fontWeight="medium" wordBreak="break-word">${heading}<//>
            <${Chakra.Table.Cell}>${title === column ? "" : `${title} `}<${Chakra.Text} as="span" color="fg.muted">${column}<//><//>
            <${Chakra.Table.Cell} color="fg.muted">${type || "unknown"}<//>
          <//>`,
        )}
      <//>
    <//>
  <//>`;
}

export function TemplateInUse({ template }) {
  const { name, kind, description, columns, subfolder, order_by } = template;
  const facts = [
    ["Rows", rowsOf(template)],
    ["Date basis", basisWords(template)],
    ["Order", order_by.length > 0 ? orderWords(order_by) : null],
    ["Sub-folder", subfolder || null],
  ];
  const title = html`<${Chakra.Link} asChild><${Router.Link} to=${templatePath(name)}>${name}<//><//>`;
  return html`<${Chakra.Stack} gap=${3}>
    <${Chakra.Stack} gap=${0.5}>
      <${Chakra.HStack} gap=${2} wrap="wrap">
        <${Chakra.Heading} as="h3" size="sm">${title}<//>
        <${Chakra.Badge} size="sm">${kindWords(kind)}<//>
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

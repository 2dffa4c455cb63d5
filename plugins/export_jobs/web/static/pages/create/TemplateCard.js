// One template to choose, with its contents and, on request, its first rows.
import { Checkbox } from "../../components/Checkbox.js";
import { definitionOf } from "../../components/template/offers.js";
import { Preview } from "../../components/template/Preview.js";
import { Chakra, html, useState } from "../../host.js";
import { isError, sentence } from "../../issues.js";
import { KINDS } from "../../words.js";

const SHOWN_COLUMNS = 12;

/** @param {Props.TemplateCard} props */
export function TemplateCard({ template, isChosen, schedule, onToggle, onEdit }) {
  const [isOpen, setOpen] = useState(false);
  const { name, description, kind, isNew, file_columns: fileColumns, issues = [] } = template;
  const errors = issues.filter(isError);
  const isBroken = errors.length > 0;
  const columns = fileColumns.map(({ title, column }) => title || column);
  const more = columns.length - SHOWN_COLUMNS;
  return html`<${Chakra.Box} as="li" borderWidth="1px" borderRadius="md"
    borderColor=${isChosen ? "brand.solid" : "border"} p=${3}>
    <${Chakra.Flex} gap=${3} align="flex-start">
      <${Checkbox} isTop flex="1" checked=${isChosen} disabled=${isBroken && !isChosen} onChange=${onToggle}>
        <${Chakra.HStack} as="span" gap=${2} wrap="wrap">
          <${Chakra.Text} as="span" fontWeight="medium">${name}<//>
          <${Chakra.Badge} size="sm">${KINDS[kind]}<//>
          ${isNew && html`<${Chakra.Badge} size="sm" colorPalette="brand">New<//>`}
        <//>
        ${description && html`<${Chakra.Text} fontSize="sm">${description}<//>`}
        ${columns.length > 0 && html`<${Chakra.Text} fontSize="xs" color="fg.muted">
          ${columns.slice(0, SHOWN_COLUMNS).join(" · ")}${more > 0 && ` and ${more} more`}<//>`}
        ${errors.map((issue, index) => html`<${Chakra.Text} key=${index} fontSize="xs" color="red.fg">
          ${sentence(issue)}<//>`)}
      <//>
      ${onEdit && html`<${Chakra.Button} size="xs" variant="outline" onClick=${onEdit}>Edit<//>`}
      <${Chakra.Button} size="xs" variant="ghost" disabled=${isBroken} aria-expanded=${isOpen}
        aria-label=${`Preview of ${name}`} onClick=${() => setOpen(!isOpen)}>${isOpen ? "Hide preview" : "Preview"}<//>
    <//>
    ${isOpen && html`<${Chakra.Box} pt=${3}>
      <${Preview} template=${definitionOf(template)} use=${{ template: name }} schedule=${schedule} />
    <//>`}
  <//>`;
}

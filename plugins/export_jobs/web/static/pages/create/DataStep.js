// Step 2: which templates the job delivers, one file each. A template only for this job is created here.
import { Choice } from "../../components/Choice.js";
import { EmptyState } from "../../components/layout.js";
import { SearchField } from "../../components/SearchField.js";
import { isMatch } from "../../filters.js";
import { Chakra, html, useState } from "../../host.js";
import { isError } from "../../issues.js";
import { NewTemplate } from "./NewTemplate.js";
import { TemplateCard } from "./TemplateCard.js";

const KINDS = [["", "All"], ["standard", "Rows"], ["custom", "KPIs"], ["dimension", "Tables"]];

/** @param {Page.OfferedTemplate} template */
const textsOf = ({ name, description, file_columns: columns }) =>
  [name, description, ...columns.flatMap(({ column, title }) => [column, title])];

/** @param {Props.Step} props */
export function DataStep({ draft, change, check, isShown, templates, catalogue }) {
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState("");
  const [edited, setEdited] = useState(/** @type {{ index: number | null } | null} */ (null));
  const chosen = draft.templates.map((use) => use.template);
  const made = draft.new_templates.map((template) => ({ ...template, isNew: true }));
  /** @type {Page.OfferedTemplate[]} */
  const offered = [...made, ...templates];
  const matches = offered.filter((template) => (!kind || template.kind === kind) && isMatch(search, textsOf(template)));
  const toggle = (/** @type {string} */ name, /** @type {boolean} */ isOn) =>
    change(({ templates: uses }) => ({
      templates: isOn ? [...uses, { template: name }] : uses.filter((use) => use.template !== name),
    }));
  const edit = (/** @type {string} */ name) =>
    setEdited({ index: draft.new_templates.findIndex((template) => template.name === name) });
  const isMissing = check.issues.some((issue) => issue.path === "templates" && isError(issue));
  return html`<${Chakra.Stack} gap=${4}>
    <${Chakra.Flex} gap=${3} wrap="wrap" justify="space-between">
      <${Chakra.Flex} gap=${3} wrap="wrap" flex="1">
        <${SearchField} label="Search templates" placeholder="Search name, description or column" value=${search}
          onSearch=${setSearch} maxW="20rem" />
        <${Choice} label="Kind" value=${kind} options=${KINDS} onChange=${setKind} />
      <//>
      <${Chakra.Button} size="sm" variant="outline" onClick=${() => setEdited({ index: null })}>New template<//>
    <//>
    ${isShown && isMissing && html`<${Chakra.Text} role="alert" fontSize="sm" color="red.fg">
      Choose at least one template.<//>`}
    <${Chakra.Text} fontSize="sm" color="fg.muted" role="status">
      ${chosen.length > 0 ? `Selected: ${chosen.join(", ")}` : "No template selected. Each template becomes one file."}
    <//>
    ${matches.length === 0 && html`<${EmptyState}
      title=${offered.length === 0 ? "No templates yet" : "No template matches"}>
      A template says what one file contains: rows of a fact, KPIs by dimensions, or a dimension's whole table.
    <//>`}
    <${Chakra.Stack} as="ul" listStyleType="none" gap=${2}>
      ${matches.map(
        (template) => html`<${TemplateCard} key=${template.name} template=${template}
          isChosen=${chosen.includes(template.name)} schedule=${draft.schedule}
          onToggle=${(isOn) => toggle(template.name, isOn)}
          onEdit=${template.isNew ? () => edit(template.name) : null} />`,
      )}
    <//>
    ${edited && html`<${NewTemplate} index=${edited.index} draft=${draft} change=${change} check=${check}
      catalogue=${catalogue} onClose=${() => setEdited(null)} />`}
  <//>`;
}

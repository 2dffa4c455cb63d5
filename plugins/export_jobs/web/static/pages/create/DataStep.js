// Step 2: which templates the job delivers, a file each. A template that fits nobody else is made here.
import { Choice } from "../../components/Choice.js";
import { EmptyState } from "../../components/EmptyState.js";
import { Icon } from "../../components/icons.js";
import { Chakra, html, useState } from "../../host.js";
import { NewTemplate } from "./NewTemplate.js";
import { TemplateCard } from "./TemplateCard.js";
import { issuesAt, isError } from "./steps.js";

const KINDS = [["", "All"], ["standard", "Rows"], ["custom", "KPIs"], ["dimension", "Tables"]];

export function matches(template, search, kind) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const columns = (template.file_columns ?? []).flatMap(({ column, title }) => [column, title]);
  const text = [template.name, template.description, ...columns].join(" ").toLowerCase();
  return (!kind || template.kind === kind) && words.every((word) => text.includes(word));
}

export function DataStep({ draft, change, check, isShown, templates, catalogue }) {
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState("");
  const [edited, setEdited] = useState(null);
  const chosen = draft.templates.map((use) => use.template);
  const made = draft.new_templates.map((template) => ({ ...template, isNew: true }));
  const found = [...made, ...templates].filter((template) => matches(template, search, kind));
  const toggle = (name, is) =>
    change(({ templates: uses }) => ({
      templates: is ? [...uses, { template: name }] : uses.filter((use) => use.template !== name),
    }));
  const issues = issuesAt(check.issues, "templates").filter((issue) => issue.path === "templates" && isError(issue));
  return html`<${Chakra.Stack} gap=${4}>
    <${Chakra.Flex} gap=${3} wrap="wrap" justify="space-between">
      <${Chakra.Flex} gap=${3} wrap="wrap" flex="1">
        <${Chakra.InputGroup} startElement=${html`<${Icon} name="search" />`} maxW="20rem">
          <${Chakra.Input} size="sm" type="search" value=${search} aria-label="Search templates"
            placeholder="Search name, description or column" onChange=${(event) => setSearch(event.target.value)} />
        <//>
        <${Choice} label="Kind" value=${kind} options=${KINDS} onChange=${setKind} />
      <//>
      <${Chakra.Button} size="sm" variant="outline" onClick=${() => setEdited({ index: null })}>New template<//>
    <//>
    ${isShown && issues.length > 0 && html`<${Chakra.Text} role="alert" fontSize="sm" color="red.fg">Choose at least one template.<//>`}
    <${Chakra.Text} fontSize="sm" color="fg.muted" role="status">
      ${chosen.length === 0 ? "None chosen yet; each one becomes a file of every delivery." : `Chosen: ${chosen.join(", ")}`}
    <//>
    ${found.length === 0 &&
    html`<${EmptyState} title=${templates.length === 0 ? "No templates yet" : "No template matches"}>
      A template says what one file holds: rows of a fact, KPIs by dimensions, or a dimension's whole table.
    <//>`}
    <${Chakra.Stack} as="ul" listStyleType="none" gap=${2}>
      ${found.map(
        (template) => html`<${TemplateCard} key=${template.name} template=${template} isChosen=${chosen.includes(template.name)}
          schedule=${draft.schedule} onToggle=${(is) => toggle(template.name, is)}
          onEdit=${template.isNew ? () => setEdited({ index: draft.new_templates.findIndex(({ name }) => name === template.name) }) : null} />`,
      )}
    <//>
    ${edited && html`<${NewTemplate} index=${edited.index} draft=${draft} change=${change} check=${check} catalogue=${catalogue}
      onClose=${() => setEdited(null)} />`}
  <//>`;
}

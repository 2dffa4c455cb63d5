// Builds a template: KPIs by dimensions, rows of a fact, or a dimension's whole table; with a preview.
import { Chakra, html } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { useAnswer } from "../../useAnswer.js";
import { Choice } from "../Choice.js";
import { Field, Group, Select } from "../Field.js";
import { PickList } from "../PickList.js";
import { MOST_DIMENSIONS, columnOptions, dimensionOptions, factOptions, isPreviewable, kpiOptions } from "./offers.js";
import { Preview } from "./Preview.js";

const KINDS = [["custom", "KPIs by dimensions"], ["standard", "Rows of a fact"], ["dimension", "A whole table"]];
const EMPTY = { fact: null, columns: [], kpis: [], dimensions: [] };
const PARTS = { custom: CustomParts, standard: StandardParts, dimension: DimensionParts };
const NAME_HINT = "Part of each file's name: letters, digits, - and _";

/** @param {Props.TemplateBuilder} props */
export function TemplateBuilder({ value, onChange, issues, catalogue, schedule = null }) {
  const put = (/** @type {Partial<Page.Template>} */ changes) => onChange({ ...value, ...changes });
  const at = (/** @type {string} */ name) => issuesAt(issues, name);
  const typed = (/** @type {Page.InputEvent} */ event) => event.target.value;
  return html`<${Chakra.Stack} gap=${4}>
    <${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${4}>
      <${Field} label="Name" required issues=${at("name")} hint=${NAME_HINT}>
        <${Chakra.Input} size="sm" value=${value.name} maxLength=${64} autoComplete="off"
          onChange=${(event) => put({ name: typed(event).replace(/\s/g, "-") })} />
      <//>
      <${Field} label="Description" issues=${at("description")}>
        <${Chakra.Input} size="sm" value=${value.description}
          onChange=${(event) => put({ description: typed(event) })} />
      <//>
    <//>
    <${Group} label="What a file contains" issues=${at("kind")}>
      <${Choice} label="What a file contains" value=${value.kind} options=${KINDS}
        onChange=${(kind) => put({ ...EMPTY, kind })} />
    <//>
    <${PARTS[value.kind]} value=${value} put=${put} at=${at} catalogue=${catalogue} />
    ${isPreviewable(value) && html`<${Chakra.Box} borderTopWidth="1px" pt=${4}>
      <${Chakra.Heading} as="h3" size="sm" pb=${2}>Preview<//>
      <${Preview} template=${value} schedule=${schedule} />
    <//>`}
  <//>`;
}

/** @param {Props.TemplateParts} props */
function CustomParts({ value, put, at, catalogue }) {
  const { data } = useAnswer("catalogue/dimensions", { kpis: value.kpis.join(",") });
  const offered = data ? dimensionOptions(data) : [];
  const missing = data ? value.dimensions.filter((key) => !offered.some((option) => option.key === key)) : [];
  return html`<${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${4} alignItems="start">
    <${Group} label="KPIs" required issues=${at("kpis")}
      hint="Calculated for each group. Without dimensions the file has one row.">
      <${PickList} label="KPIs" placeholder="Search KPIs" options=${kpiOptions(catalogue)} chosen=${value.kpis}
        onChange=${(kpis) => put({ kpis })} />
    <//>
    <${Group} label=${`Dimensions, at most ${MOST_DIMENSIONS}`} hint="Only dimensions that all selected KPIs have."
      issues=${missing.length > 0 ? [notAvailable(missing)] : at("dimensions")}>
      <${PickList} label="Dimensions" placeholder="Search dimensions" options=${offered} chosen=${value.dimensions}
        most=${MOST_DIMENSIONS} onChange=${(dimensions) => put({ dimensions })} />
    <//>
  <//>`;
}

/** @param {string[]} keys @returns {Page.Issue} */
const notAvailable = (keys) => ({
  path: "dimensions",
  what: `${keys.join(", ")} is not available for all of these KPIs`,
  remedy: "Remove it, or the KPI that does not have it",
});

/** @param {Props.TemplateParts} props */
function StandardParts({ value, put, at, catalogue }) {
  const fact = catalogue.facts.find(({ key }) => key === value.fact);
  const options = [["", "Choose a fact"], ...catalogue.facts.map(({ key, title }) => [key, title])];
  const hint = fact && [fact.description, fact.grain].filter(Boolean).join(" – ");
  return html`<${Chakra.Stack} gap=${4}>
    <${Field} label="Fact" required issues=${at("fact")} hint=${hint}>
      <${Select} value=${value.fact} options=${options}
        onChange=${(key) => put({ fact: key || null, columns: [] })} />
    <//>
    ${fact && html`<${Columns} value=${value} put=${put} issues=${at("columns")}
      options=${factOptions(fact, catalogue)} />`}
  <//>`;
}

/** @param {Props.TemplateParts} props */
function DimensionParts({ value, put, at, catalogue }) {
  const offered = catalogue.dimensions.filter(({ exportable }) => exportable);
  const table = offered.find(({ key }) => key === value.dimensions[0]);
  const options = [["", "Choose a table"], ...offered.map(({ key, title }) => [key, title])];
  return html`<${Chakra.Stack} gap=${4}>
    <${Field} label="Table" required issues=${at("dimensions")} hint=${table?.description}>
      <${Select} value=${value.dimensions[0]} options=${options}
        onChange=${(key) => put({ dimensions: key ? [key] : [], columns: [] })} />
    <//>
    ${table && html`<${Columns} value=${value} put=${put} issues=${at("columns")}
      options=${columnOptions(table.attributes)} />`}
  <//>`;
}

/** @param {Props.TemplateColumns} props */
function Columns({ value, put, issues, options }) {
  return html`<${Group} label="Columns" issues=${issues} hint="Leave empty for all of its own columns.">
    <${PickList} label="Columns" placeholder="Search columns" options=${options} chosen=${value.columns}
      onChange=${(columns) => put({ columns })} />
  <//>`;
}

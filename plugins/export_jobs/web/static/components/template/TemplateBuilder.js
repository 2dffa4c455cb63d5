// Makes a template: KPIs by dimensions, rows of a fact, or a dimension's whole table; with its first rows beside it.
import { useAnswer } from "../../api.js";
import { Choice } from "../Choice.js";
import { Field } from "../Field.js";
import { Group } from "../Group.js";
import { PickList } from "../PickList.js";
import { Select } from "../Select.js";
import { Chakra, html } from "../../host.js";
import { Preview } from "./Preview.js";
import { MOST_DIMENSIONS, dimensionOptions, factOptions, isWhole, kpiOptions, tableOptions } from "./offers.js";

const KINDS = [["custom", "KPIs by dimensions"], ["standard", "Rows of a fact"], ["dimension", "A whole table"]];
const EMPTY = { fact: null, columns: [], kpis: [], dimensions: [] };

export function TemplateBuilder({ value, onChange, issues, catalogue }) {
  const put = (changes) => onChange({ ...value, ...changes });
  const at = (name) => issues.filter(({ path }) => path === name || path.startsWith(`${name}[`));
  const Parts = { custom: CustomParts, standard: StandardParts, dimension: DimensionParts }[value.kind];
  return html`<${Chakra.Stack} gap=${4}>
    <${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${4}>
      <${Field} label="Name" required issues=${at("name")} hint="Part of each file's name: letters, digits, - and _">
        <${Chakra.Input} size="sm" value=${value.name} maxLength=${64} autoComplete="off"
          onChange=${(event) => put({ name: event.target.value.replace(/\s/g, "-") })} />
      <//>
      <${Field} label="Description" issues=${at("description")}>
        <${Chakra.Input} size="sm" value=${value.description} onChange=${(event) => put({ description: event.target.value })} />
      <//>
    <//>
    <${Group} label="What one file holds" issues=${at("kind")}>
      <${Choice} label="What one file holds" value=${value.kind} options=${KINDS} onChange=${(kind) => put({ ...EMPTY, kind })} />
    <//>
    <${Parts} value=${value} put=${put} at=${at} catalogue=${catalogue} />
    ${isWhole(value) && html`<${Chakra.Box} borderTopWidth="1px" pt=${4}>
      <${Chakra.Heading} as="h3" size="sm" pb=${2}>Preview<//>
      <${Preview} template=${value} />
    <//>`}
  <//>`;
}

function CustomParts({ value, put, at, catalogue }) {
  const { data } = useAnswer("catalogue/dimensions", { kpis: value.kpis.join(",") });
  const offered = data ? dimensionOptions(data) : [];
  const lost = data ? value.dimensions.filter((key) => !offered.some((option) => option.key === key)) : [];
  return html`<${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${4} alignItems="start">
    <${Group} label="KPIs" required issues=${at("kpis")} hint="Computed for each group; without dimensions, one row in all">
      <${PickList} label="KPIs" options=${kpiOptions(catalogue)} chosen=${value.kpis} onChange=${(kpis) => put({ kpis })} placeholder="Search KPIs" />
    <//>
    <${Group} label=${`Dimensions, at most ${MOST_DIMENSIONS}`} issues=${lost.length > 0 ? [notReached(lost)] : at("dimensions")}
      hint="Only those that all chosen KPIs can be had by">
      <${PickList} label="Dimensions" options=${offered} chosen=${value.dimensions} most=${MOST_DIMENSIONS}
        onChange=${(dimensions) => put({ dimensions })} placeholder="Search dimensions" />
    <//>
  <//>`;
}

const notReached = (keys) => ({ what: `${keys.join(", ")} cannot be had with all of these KPIs`, remedy: "Remove it, or the KPI that does not reach it" });

function StandardParts({ value, put, at, catalogue }) {
  const fact = catalogue.facts.find(({ key }) => key === value.fact);
  const options = [["", "Choose a fact"], ...catalogue.facts.map(({ key, title }) => [key, title])];
  const hint = fact && [fact.description, fact.grain].filter(Boolean).join(" – ");
  return html`<${Chakra.Stack} gap=${4}>
    <${Field} label="Fact" required issues=${at("fact")} hint=${hint}>
      <${Select} value=${value.fact} options=${options} onChange=${(key) => put({ fact: key || null, columns: [] })} />
    <//>
    ${fact && html`<${Columns} value=${value} put=${put} issues=${at("columns")} options=${factOptions(fact, catalogue)} />`}
  <//>`;
}

function DimensionParts({ value, put, at, catalogue }) {
  const offered = catalogue.dimensions.filter(({ exportable }) => exportable);
  const dimension = offered.find(({ key }) => key === value.dimensions[0]);
  const options = [["", "Choose a table"], ...offered.map(({ key, title }) => [key, title])];
  return html`<${Chakra.Stack} gap=${4}>
    <${Field} label="Table" required issues=${at("dimensions")} hint=${dimension?.description}>
      <${Select} value=${value.dimensions[0]} options=${options} onChange=${(key) => put({ dimensions: key ? [key] : [], columns: [] })} />
    <//>
    ${dimension && html`<${Columns} value=${value} put=${put} issues=${at("columns")} options=${tableOptions(dimension)} />`}
  <//>`;
}

function Columns({ value, put, issues, options }) {
  return html`<${Group} label="Columns" issues=${issues} hint="None chosen: all of its own columns">
    <${PickList} label="Columns" options=${options} chosen=${value.columns} onChange=${(columns) => put({ columns })} placeholder="Search columns" />
  <//>`;
}

// How a job uses one template: columns, dates, filters, customers, order of rows, sub-folder. What is left as it is, is
// not written down, so that a definition says only what somebody has chosen.
import { useTemplateCheck } from "../template/useTemplateCheck.js";
import { Field } from "../Field.js";
import { Problem } from "../Problem.js";
import { Chakra, html } from "../../host.js";
import { Audience } from "./Audience.js";
import { ColumnList } from "./ColumnList.js";
import { DateBasis } from "./DateBasis.js";
import { FilterList } from "./FilterList.js";
import { OrderBy } from "./OrderBy.js";

const isBlank = (value) => value === "" || value === null || value === undefined || (Array.isArray(value) && value.length === 0);

export function UseEditor({ use, template, issues, onChange }) {
  const { told, error } = useTemplateCheck(template);
  const put = (changes) => onChange(Object.fromEntries(Object.entries({ ...use, ...changes }).filter(([, value]) => !isBlank(value))));
  const at = (name) => issues.filter(({ path }) => path === name || path.startsWith(`${name}[`) || path.startsWith(`${name}.`));
  if (error) return html`<${Problem} error=${error} />`;
  if (!told?.choices) return html`<${Chakra.Skeleton} height=${40} />`;
  const { file_columns: held, choices } = told;
  const lookUp = (column) => (template.kind === "dimension" ? `${template.dimensions[0]}.${column}` : column);
  return html`<${Chakra.Stack} gap=${5}>
    <${ColumnList} key=${held.map(({ column }) => column).join()} columns=${use.columns ?? []} held=${held} issues=${at("columns")}
      onChange=${(columns) => put({ columns })} />
    <${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${5} alignItems="start">
      <${DateBasis} value=${use.date_basis} offered=${choices.date_bases} kind=${template.kind} issues=${at("date_basis")}
        onChange=${(date_basis) => put({ date_basis })} />
      <${Field} label="Sub-folder" issues=${at("subfolder")} hint="Below the destination's folder, at most two levels: sales/weekly">
        <${Chakra.Input} size="sm" value=${use.subfolder ?? ""} autoComplete="off" onChange=${(event) => put({ subfolder: event.target.value })} />
      <//>
    <//>
    <${FilterList} filters=${use.filters ?? []} offered=${choices.filters} lookUp=${lookUp} issues=${at("filters")}
      onChange=${(filters) => put({ filters })} />
    ${choices.has_customer && html`<${Audience} value=${use.audience ?? []} issues=${at("audience")} onChange=${(audience) => put({ audience })} />`}
    <${OrderBy} value=${use.order_by ?? []} columns=${held} issues=${at("order_by")} onChange=${(order_by) => put({ order_by })} />
  <//>`;
}

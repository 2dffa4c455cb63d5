// How a job uses one template: columns, dates, filters, customers, order of rows, sub-folder. Defaults are not sent, so
// a definition contains only what somebody has chosen.
import { call, withoutBlanks } from "../../api.js";
import { plural } from "../../format.js";
import { Chakra, html, useEffect, useState } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { Field, TextList } from "../Field.js";
import { Problem } from "../Notice.js";
import { definitionOf } from "../template/offers.js";
import { ColumnList } from "./ColumnList.js";
import { DateBasis } from "./DateBasis.js";
import { FilterList } from "./FilterList.js";
import { OrderBy } from "./OrderBy.js";

// The server's check of a template: its columns, and what a job can choose.
/** @param {Page.Template} template @returns {Page.TemplateChecked} */
function useTemplateCheck(template) {
  const [state, setState] = useState(/** @type {Page.TemplateChecked} */ ({ check: null, error: null }));
  const json = JSON.stringify(definitionOf(template));
  useEffect(() => {
    const control = new AbortController();
    call("templates/check", { method: "POST", body: JSON.parse(json), signal: control.signal })
      .then((check) => setState({ check, error: null }))
      .catch((error) => error.name !== "AbortError" && setState({ check: null, error }));
    return () => control.abort();
  }, [json]);
  return state;
}

const ALL = "Leave empty for all customers. Otherwise enter their ids, one per line or separated by commas.";

/** @param {Props.Audience} props */
function Audience({ value, issues, onChange }) {
  const hint = value.length > 0 ? `Only the rows of ${plural(value.length, "customer")}.` : ALL;
  return html`<${TextList} label="Only these customers" issues=${issues} hint=${hint} value=${value}
    separators=${/[\n,;\t]+/} maxH="10rem" onChange=${onChange} />`;
}

/** @param {Props.UseEditor} props */
export function UseEditor({ use, template, issues, onChange }) {
  const { check, error } = useTemplateCheck(template);
  if (error) return html`<${Problem} error=${error} />`;
  if (!check?.choices) return html`<${Chakra.Skeleton} height=${40} />`;
  const { file_columns: columns, choices } = check;
  const lookUp = (/** @type {string} */ column) =>
    template.kind === "dimension" ? `${template.dimensions[0]}.${column}` : column;
  const part = (/** @type {keyof Page.TemplateUse} */ name) => ({
    value: use[name],
    issues: issuesAt(issues, name),
    onChange: (/** @type {unknown} */ value) => onChange(withoutBlanks({ ...use, [name]: value })),
  });
  const list = (/** @type {keyof Page.TemplateUse} */ name) => ({ ...part(name), value: use[name] ?? [] });
  const filters = list("filters");
  const chosen = list("columns");
  const subfolder = part("subfolder");
  return html`<${Chakra.Stack} gap=${5}>
    <${ColumnList} key=${columns.map(({ column }) => column).join()} columns=${chosen.value} templateColumns=${columns}
      issues=${chosen.issues} onChange=${chosen.onChange} />
    <${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${5} alignItems="start">
      <${DateBasis} ...${part("date_basis")} offered=${choices.date_bases} kind=${template.kind} />
      <${Field} label="Sub-folder" issues=${subfolder.issues}
        hint="Below the destination's folder, at most two levels: sales/weekly">
        <${Chakra.Input} size="sm" value=${use.subfolder ?? ""} autoComplete="off"
          onChange=${(event) => subfolder.onChange(event.target.value)} />
      <//>
    <//>
    <${FilterList} filters=${filters.value} issues=${filters.issues} onChange=${filters.onChange}
      offered=${choices.filters} withheld=${choices.protected} lookUp=${lookUp} />
    ${choices.has_customer && html`<${Audience} ...${list("audience")} />`}
    <${OrderBy} ...${list("order_by")} columns=${columns} />
  <//>`;
}

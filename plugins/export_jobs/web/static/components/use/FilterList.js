// Which rows are in the file: those that match every filter.
import { Chakra, html } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { Group, Select } from "../Field.js";
import { FilterValues } from "./FilterValues.js";
import { filterFor, fitValues, operatorOptions, valueCount } from "./operators.js";

const alternatives = new Intl.ListFormat("en-GB", { type: "disjunction" });

// Why some columns of the file are not offered as filters.
/** @param {string[]} titles */
const whyWithheld = (titles) =>
  `The catalogue does not allow filters on ${alternatives.format(titles)}. A file can still contain ` +
  `${titles.length === 1 ? "it" : "them"}.`;

/** @param {Props.FilterList} props */
export function FilterList({ filters, offered, withheld, lookUp, issues, onChange }) {
  const put = (/** @type {number} */ at, /** @type {Page.Filter} */ filter) =>
    onChange(filters.map((other, index) => (index === at ? filter : other)));
  const remove = (/** @type {number} */ at) => onChange(filters.filter((_, index) => index !== at));
  return html`<${Group} label="Filters" issues=${issues.filter(({ path }) => path === "filters")}
    hint=${filters.length === 0 ? "No filters: all rows of the window." : "Only rows that match all of these filters."}>
    <${Chakra.Stack} gap=${3} width="100%" align="flex-start">
      ${filters.map((filter, index) => html`<${FilterRow} key=${index} filter=${filter} index=${index}
        offered=${offered} lookUp=${lookUp} issues=${issuesAt(issues, `filters[${index}]`)}
        onChange=${(changed) => put(index, changed)} onRemove=${() => remove(index)} />`)}
      ${offered.length > 0 && html`<${Chakra.Button} size="xs" variant="outline"
        onClick=${() => onChange([...filters, filterFor(offered[0], "equals")])}>Add a filter<//>`}
      ${withheld.length > 0 && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${whyWithheld(withheld)}<//>`}
    <//>
  <//>`;
}

/** @param {Props.FilterRow} props */
function FilterRow({ filter, index, offered, lookUp, issues, onChange, onRemove }) {
  const columnOf = (/** @type {string} */ key) => offered.find(({ column }) => column === key);
  const column = columnOf(filter.column);
  const chooseColumn = (/** @type {string} */ key) => {
    const other = columnOf(key);
    if (other) onChange(filterFor(other, filter.op));
  };
  const chooseOperator = (/** @type {string} */ op) =>
    onChange({ ...filter, op, values: fitValues(filter.values ?? [], valueCount(column, op)) });
  return html`<${Group} label=${`Filter ${index + 1}`} issues=${issues}>
    <${Chakra.Flex} gap=${2} width="100%" wrap="wrap" align="flex-start">
      <${Chakra.Box} flex="1 1 12rem"><${Select} value=${filter.column} aria-label=${`Column of filter ${index + 1}`}
        options=${offered.map(({ column: key, title }) => [key, title])} onChange=${chooseColumn} /><//>
      <${Chakra.Box} flex="0 1 10rem"><${Select} value=${filter.op} aria-label=${`Comparison of filter ${index + 1}`}
        options=${operatorOptions(column)} onChange=${chooseOperator} /><//>
      <${Chakra.Box} flex="2 1 14rem"><${FilterValues} values=${filter.values ?? []}
        count=${valueCount(column, filter.op)} label=${`Value of filter ${index + 1}`} type=${column?.type ?? "text"}
        lookUp=${column?.has_values ? lookUp(filter.column) : null}
        onChange=${(values) => onChange({ ...filter, values })} /><//>
      <${Chakra.Button} size="xs" variant="ghost" aria-label=${`Remove filter ${index + 1}`}
        onClick=${onRemove}>Remove<//>
    <//>
  <//>`;
}

// Which rows are in the file: every filter must hold.
import { Group } from "../Group.js";
import { Select } from "../Select.js";
import { Chakra, html } from "../../host.js";
import { FilterValues } from "./FilterValues.js";
import { fitted, operatorsOf } from "./operators.js";

export function FilterList({ filters, offered, lookUp, issues, onChange }) {
  const known = new Map(offered.map((column) => [column.column, column]));
  const put = (index, filter) => onChange(filters.map((one, place) => (place === index ? filter : one)));
  const at = (index) => issues.filter(({ path }) => path === `filters[${index}]` || path.startsWith(`filters[${index}].`));
  const add = () => onChange([...filters, { column: offered[0].column, op: "equals", values: [""] }]);
  return html`<${Group} label="Filters" issues=${issues.filter(({ path }) => path === "filters")}
    hint=${filters.length === 0 ? "None: all rows of the window." : "Rows for which all of these hold."}>
    <${Chakra.Stack} gap=${3} width="100%" align="flex-start">
      ${filters.map((filter, index) => html`<${OneFilter} key=${index} filter=${filter} index=${index} known=${known} offered=${offered}
        lookUp=${lookUp} issues=${at(index)} onChange=${(changed) => put(index, changed)}
        onRemove=${() => onChange(filters.filter((_, place) => place !== index))} />`)}
      ${offered.length > 0 && html`<${Chakra.Button} size="xs" variant="outline" onClick=${add}>Add a filter<//>`}
    <//>
  <//>`;
}

function OneFilter({ filter, index, known, offered, lookUp, issues, onChange, onRemove }) {
  const column = known.get(filter.column);
  const type = column?.type ?? "text";
  const columns = offered.map(({ column: key, title }) => [key, title]);
  const choose = (key) => {
    const operators = operatorsOf(known.get(key).type).map(([op]) => op);
    const op = operators.includes(filter.op) ? filter.op : "equals";
    onChange({ column: key, op, values: fitted([], op) });
  };
  return html`<${Group} label=${`Filter ${index + 1}`} issues=${issues}>
    <${Chakra.Flex} gap=${2} width="100%" wrap="wrap" align="flex-start">
      <${Chakra.Box} flex="1 1 12rem"><${Select} value=${filter.column} aria-label=${`Column of filter ${index + 1}`}
        options=${column ? columns : [[filter.column, filter.column], ...columns]} onChange=${choose} /><//>
      <${Chakra.Box} flex="0 1 10rem"><${Select} value=${filter.op} aria-label=${`Comparison of filter ${index + 1}`} options=${operatorsOf(type)}
        onChange=${(op) => onChange({ ...filter, op, values: fitted(filter.values ?? [], op) })} /><//>
      <${Chakra.Box} flex="2 1 14rem"><${FilterValues} filter=${filter} index=${index} type=${type}
        lookUp=${column?.has_values ? lookUp(filter.column) : null} onChange=${(values) => onChange({ ...filter, values })} /><//>
      <${Chakra.Button} size="xs" variant="ghost" aria-label=${`Remove filter ${index + 1}`} onClick=${onRemove}>Remove<//>
    <//>
  <//>`;
}

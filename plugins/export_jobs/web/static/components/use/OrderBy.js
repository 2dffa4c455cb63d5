// The order of the rows in the file.
import { Group } from "../Group.js";
import { Select } from "../Select.js";
import { Chakra, html } from "../../host.js";

const WAYS = [["", "ascending"], ["-", "descending"]];
const split = (term) => (term.startsWith("-") ? ["-", term.slice(1)] : ["", term]);

export function OrderBy({ value, columns, issues, onChange }) {
  const taken = new Set(value.map((term) => split(term)[1]));
  const free = columns.filter(({ column }) => !taken.has(column));
  const options = (own) => columns.filter(({ column }) => column === own || !taken.has(column)).map(({ column, title }) => [column, title]);
  const put = (index, term) => onChange(value.map((one, place) => (place === index ? term : one)));
  return html`<${Group} label="Order of rows" issues=${issues} hint=${value.length === 0 ? "As the catalogue has it, the same each time." : null}>
    <${Chakra.Stack} gap=${2} width="100%" align="flex-start">
      ${value.map((term, index) => {
        const [way, column] = split(term);
        return html`<${Chakra.HStack} key=${index} gap=${2} width="100%" maxW="32rem">
          <${Select} value=${column} options=${options(column)} aria-label=${`Order by, ${index + 1}`} onChange=${(key) => put(index, way + key)} />
          <${Select} value=${way} options=${WAYS} width="10rem" aria-label=${`Direction, ${index + 1}`} onChange=${(sign) => put(index, sign + column)} />
          <${Chakra.Button} size="xs" variant="ghost" onClick=${() => onChange(value.filter((_, place) => place !== index))}>Remove<//>
        <//>`;
      })}
      ${free.length > 0 && html`<${Chakra.Button} size="xs" variant="outline" onClick=${() => onChange([...value, free[0].column])}>
        ${value.length === 0 ? "Choose an order" : "Then by"}<//>`}
    <//>
  <//>`;
}

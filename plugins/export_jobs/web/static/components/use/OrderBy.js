// The order of the rows in the file.
import { Chakra, html } from "../../host.js";
import { Group, Select } from "../Field.js";

const DIRECTIONS = [["", "ascending"], ["-", "descending"]];
const split = (/** @type {string} */ term) => (term.startsWith("-") ? ["-", term.slice(1)] : ["", term]);

/** @param {Props.OrderBy} props */
export function OrderBy({ value, columns, issues, onChange }) {
  const used = new Set(value.map((term) => split(term)[1]));
  const free = columns.filter(({ column }) => !used.has(column));
  const options = (/** @type {string} */ own) =>
    columns.filter(({ column }) => column === own || !used.has(column)).map(({ column, title }) => [column, title]);
  const put = (/** @type {number} */ at, /** @type {string} */ term) =>
    onChange(value.map((other, index) => (index === at ? term : other)));
  const remove = (/** @type {number} */ at) => onChange(value.filter((_, index) => index !== at));
  return html`<${Group} label="Order of rows" issues=${issues}
    hint=${value.length === 0 ? "The catalogue's order, which is the same every time." : null}>
    <${Chakra.Stack} gap=${2} width="100%" align="flex-start">
      ${value.map((term, index) => {
        const [direction, column] = split(term);
        return html`<${Chakra.HStack} key=${index} gap=${2} width="100%" maxW="32rem">
          <${Select} value=${column} options=${options(column)} aria-label=${`Order by, ${index + 1}`}
            onChange=${(key) => put(index, direction + key)} />
          <${Select} value=${direction} options=${DIRECTIONS} width="10rem" aria-label=${`Direction, ${index + 1}`}
            onChange=${(sign) => put(index, sign + column)} />
          <${Chakra.Button} size="xs" variant="ghost" onClick=${() => remove(index)}>Remove<//>
        <//>`;
      })}
      ${free.length > 0 && html`<${Chakra.Button} size="xs" variant="outline"
       
          onClick=${() => onChange([...value, free[0].column])}>
          ${value.length === 0 ? "Choose an order" : "Then by"}<//>`}
    <//>
  <//>`;
}

// The values of a filter: none, one, two or a list, with an input for the column's type.
import { Chakra, html, useState } from "../../host.js";
import { ValueInput } from "./ValueInput.js";

/** @param {Props.FilterValues} props */
export function FilterValues({ values, count, label, type, lookUp, onChange }) {
  if (count === "none") return null;
  if (count === "many") {
    return html`<${ValueList} values=${values} label=${label} type=${type} lookUp=${lookUp} onChange=${onChange} />`;
  }
  const input = (/** @type {number} */ at, /** @type {string} */ name) => html`<${ValueInput} value=${values[at] ?? ""}
    type=${type} label=${name} lookUp=${lookUp}
    onChange=${(value) => onChange(Object.assign([...values], { [at]: value }))} />`;
  if (count === "one") return input(0, label);
  const name = label.toLowerCase();
  return html`<${Chakra.HStack}
    gap=${2}>${input(0, `Lowest ${name}`)}<span>and</span>${input(1, `Highest ${name}`)}<//>`;
}

/** @param {Props.ValueList} props */
function ValueList({ values, label, type, lookUp, onChange }) {
  const [text, setText] = useState("");
  const add = () => {
    const value = text.trim();
    if (value && !values.includes(value)) onChange([...values, value]);
    setText("");
  };
  const remove = (/** @type {string} */ value) => onChange(values.filter((other) => other !== value));
  return html`<${Chakra.Stack} gap=${1.5}>
    ${values.length > 0 && html`<${Chakra.HStack} wrap="wrap" gap=${1}>
      ${values.map((value) => html`<${Chakra.Tag.Root} key=${value} size="sm">
        <${Chakra.Tag.Label}>${value}<//>
        <${Chakra.Tag.EndElement}>
          <${Chakra.Tag.CloseTrigger} aria-label=${`Remove ${value}`} onClick=${() => remove(value)} />
        <//>
      <//>`)}
    <//>`}
    <${Chakra.HStack} gap=${2}>
      <${ValueInput} value=${text} type=${type} label=${`Another ${label.toLowerCase()}`} lookUp=${lookUp}
        onChange=${setText} onEnter=${add} />
      <${Chakra.Button} size="sm" variant="outline" disabled=${!text.trim()} onClick=${add}>Add<//>
    <//>
  <//>`;
}

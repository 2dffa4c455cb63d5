// The values of a filter: none, one, two or a list, typed as their column is; those of an attribute are looked up.
import { Select } from "../Select.js";
import { Chakra, html, useState } from "../../host.js";
import { ValueInput } from "./ValueInput.js";
import { arity } from "./operators.js";

const BOOLEANS = [["", "Choose"], ["true", "true"], ["false", "false"]];

export function FilterValues({ filter, index, type, lookUp, onChange }) {
  const values = filter.values ?? [];
  const count = arity(filter.op);
  const label = `Value of filter ${index + 1}`;
  const put = (place, value) => onChange(Object.assign([...values], { [place]: value }));
  if (count === 0) return null;
  if (count === Infinity) return html`<${ValueList} values=${values} label=${label} type=${type} lookUp=${lookUp} onChange=${onChange} />`;
  if (type === "boolean") return html`<${Select} value=${values[0]} options=${BOOLEANS} aria-label=${label} onChange=${(value) => put(0, value)} />`;
  return html`<${Chakra.HStack} gap=${2}>
    <${ValueInput} value=${values[0] ?? ""} type=${type} label=${count === 2 ? `Lowest ${label.toLowerCase()}` : label} lookUp=${lookUp} onChange=${(value) => put(0, value)} />
    ${count === 2 && html`<span>and</span>
      <${ValueInput} value=${values[1] ?? ""} type=${type} label=${`Highest ${label.toLowerCase()}`} lookUp=${lookUp} onChange=${(value) => put(1, value)} />`}
  <//>`;
}

function ValueList({ values, label, type, lookUp, onChange }) {
  const [text, setText] = useState("");
  const add = (value) => {
    const found = value.trim();
    if (found && !values.includes(found)) onChange([...values, found]);
    setText("");
  };
  return html`<${Chakra.Stack} gap=${1.5}>
    ${values.length > 0 && html`<${Chakra.HStack} wrap="wrap" gap=${1}>
      ${values.map((value) => html`<${Chakra.Tag.Root} key=${value} size="sm">
        <${Chakra.Tag.Label}>${value}<//>
        <${Chakra.Tag.EndElement}><${Chakra.Tag.CloseTrigger} aria-label=${`Remove ${value}`} onClick=${() => onChange(values.filter((one) => one !== value))} /><//>
      <//>`)}
    <//>`}
    <${Chakra.HStack} gap=${2}>
      <${ValueInput} value=${text} type=${type} label=${`Another ${label.toLowerCase()}`} lookUp=${lookUp} onChange=${setText} onEnter=${() => add(text)} />
      <${Chakra.Button} size="sm" variant="outline" disabled=${!text.trim()} onClick=${() => add(text)}>Add<//>
    <//>
  <//>`;
}

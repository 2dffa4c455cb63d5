// One value; while somebody types, the values that there are.
import { useAnswer } from "../../api.js";
import { Chakra, html, useId, useState } from "../../host.js";
import { useDebounced } from "../useDebounced.js";

const INPUTS = { date: "date", integer: "text", number: "text" };
const MODES = { integer: "numeric", number: "decimal" };
const SHOWN = 50;

export function ValueInput({ value, type, label, lookUp, onChange, onEnter = null }) {
  const id = useId();
  const [isAsked, setAsked] = useState(false);
  const search = useDebounced(value, 250);
  const isLookedUp = lookUp && type === "text";
  const { data } = useAnswer(isLookedUp && isAsked ? "catalogue/filter-values" : null, { column: lookUp, search, limit: SHOWN });
  const press = (event) => {
    if (event.key !== "Enter" || !onEnter) return;
    event.preventDefault();
    onEnter();
  };
  return html`<${Chakra.Box} flex="1" minW=${0}>
    <${Chakra.Input} size="sm" value=${value} type=${INPUTS[type] ?? "text"} inputMode=${MODES[type]} aria-label=${label} autoComplete="off"
      placeholder=${type.startsWith("timestamp") ? "1997-01-31 18:30" : undefined} list=${isLookedUp ? id : undefined}
      onFocus=${() => setAsked(true)} onKeyDown=${press} onChange=${(event) => onChange(event.target.value)} />
    ${isLookedUp && html`<datalist id=${id}>${(data?.values ?? []).map((one) => html`<option key=${one} value=${one} />`)}</datalist>`}
  <//>`;
}

// One value, with suggestions where the values can be looked up.
import { Chakra, html, useId, useState } from "../../host.js";
import { useAnswer } from "../../useAnswer.js";
import { Select } from "../Field.js";
import { useDebounced } from "../useDebounced.js";

/** @type {Record<string, "numeric" | "decimal">} */
const MODES = { integer: "numeric", number: "decimal" };
const BOOLEANS = [["", "Choose"], ["true", "true"], ["false", "false"]];
const SHOWN = 50;

/** @param {Props.ValueInput} props */
export function ValueInput(props) {
  const { value, type, label, onChange } = props;
  if (type !== "boolean") return html`<${TypedInput} ...${props} />`;
  return html`<${Select} value=${value} options=${BOOLEANS} aria-label=${label} onChange=${onChange} />`;
}

/** @param {Props.ValueInput} props */
function TypedInput({ value, type, label, lookUp, onChange, onEnter = null }) {
  const id = useId();
  const [hadFocus, setHadFocus] = useState(false);
  const search = useDebounced(value, 250);
  const isLookedUp = lookUp && type === "text";
  const path = isLookedUp && hadFocus ? "catalogue/filter-values" : null;
  const { data } = useAnswer(path, { column: lookUp, search, limit: SHOWN });
  const press = (/** @type {Page.KeyEvent} */ event) => {
    if (event.key !== "Enter" || !onEnter) return;
    event.preventDefault();
    onEnter();
  };
  return html`<${Chakra.Box} flex="1" minW=${0}>
    <${Chakra.Input} size="sm" value=${value} type=${type === "date" ? "date" : "text"} inputMode=${MODES[type]}
      aria-label=${label} autoComplete="off" list=${isLookedUp ? id : undefined}
      placeholder=${type.startsWith("timestamp") ? "1997-01-31 18:30" : undefined} onFocus=${() => setHadFocus(true)}
      onKeyDown=${press} onChange=${(event) => onChange(event.target.value)} />
    ${isLookedUp && html`<datalist id=${id}>
      ${(data?.values ?? []).map((known) => html`<option key=${known} value=${known} />`)}</datalist>`}
  <//>`;
}

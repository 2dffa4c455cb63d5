// Which date puts a row into a window.
import { Chakra, html } from "../../host.js";
import { Group } from "../Field.js";

/** @type {Record<string, [string, string]>} */
const WORDS = {
  event: ["When it happened", "A row is in the file of the day on which it happened."],
  updated: ["When it last changed", "A row is in the file of the day of its last change. Late corrections are sent."],
};

/** @param {Props.DateBasis} props */
export function DateBasis({ value, offered, kind, issues, onChange }) {
  if (kind === "dimension") {
    return html`<${Group} label="Date of a row" issues=${issues}>
      <${Chakra.Text} fontSize="sm" color="fg.muted">None. Every delivery is the whole table as it is at that time.<//>
    <//>`;
  }
  const choose = (/** @type {{ value: string }} */ { value: basis }) => onChange(basis === "event" ? null : basis);
  return html`<${Group} label="Date of a row" issues=${issues}>
    <${Chakra.RadioGroup.Root} size="sm" value=${value ?? "event"} aria-label="Date of a row" onValueChange=${choose}>
      <${Chakra.Stack} gap=${2}>
        ${offered
          .filter((basis) => basis in WORDS)
          .map((basis) => html`<${Chakra.RadioGroup.Item} key=${basis} value=${basis} alignItems="flex-start">
            <${Chakra.RadioGroup.ItemHiddenInput} /><${Chakra.RadioGroup.ItemIndicator} mt=${0.5} />
            <${Chakra.RadioGroup.ItemText} fontWeight="normal">
              ${WORDS[basis][0]}
              <${Chakra.Text} fontSize="xs" color="fg.muted">${WORDS[basis][1]}<//>
            <//>
          <//>`)}
      <//>
    <//>
  <//>`;
}

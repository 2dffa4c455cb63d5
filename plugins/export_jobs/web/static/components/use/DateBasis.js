// Which date puts a row into a window.
import { Group } from "../Group.js";
import { Chakra, html } from "../../host.js";

const WORDS = {
  event: ["When it happened", "A row is in the file of the day on which it happened."],
  updated: ["When it last changed", "A row is in the file of the day of its last change, so late corrections are sent, too."],
};

export function DateBasis({ value, offered, kind, issues, onChange }) {
  if (kind === "dimension") {
    return html`<${Group} label="Date of a row" issues=${issues}>
      <${Chakra.Text} fontSize="sm" color="fg.muted">None: the whole table is sent each time, as it is then.<//>
    <//>`;
  }
  const chosen = value ?? "event";
  return html`<${Group} label="Date of a row" issues=${issues}>
    <${Chakra.RadioGroup.Root} size="sm" value=${chosen} aria-label="Date of a row"
      onValueChange=${({ value: basis }) => onChange(basis === "event" ? null : basis)}>
      <${Chakra.Stack} gap=${2}>
        ${offered
          .filter((basis) => basis in WORDS)
          .map((basis) => html`<${Chakra.RadioGroup.Item} key=${basis} value=${basis} alignItems="flex-start">
            <${Chakra.RadioGroup.ItemHiddenInput} /><${Chakra.RadioGroup.ItemIndicator} mt=${0.5} />
            <${Chakra.RadioGroup.ItemText} fontWeight="normal">${WORDS[basis][0]}
              <${Chakra.Text} fontSize="xs" color="fg.muted">${WORDS[basis][1]}<//><//>
          <//>`)}
      <//>
    <//>
  <//>`;
}

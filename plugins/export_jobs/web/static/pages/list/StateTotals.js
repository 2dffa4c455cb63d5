// How many jobs stand how; a click shows those alone, a second one all again.
import { STATES } from "../../components/StateIcon.js";
import { Icon } from "../../components/icons.js";
import { number } from "../../format.js";
import { Chakra, html } from "../../host.js";

export function StateTotals({ totals, chosen, onChoose }) {
  return html`<${Chakra.HStack} gap=${1} wrap="wrap" role="group" aria-label="Show one state only" minH=${8}>
    ${Object.entries(STATES).map(([state, { words, icon, color }]) => {
      const isChosen = chosen === state;
      return html`<${Chakra.Button} key=${state} size="xs" variant=${isChosen ? "subtle" : "ghost"} aria-pressed=${isChosen}
        onClick=${() => onChoose(isChosen ? "" : state)} fontWeight="normal">
        <${Chakra.Box} as="span" color=${color} display="inline-flex"><${Icon} name=${icon} size=${14} /><//>
        ${words}
        <${Chakra.Text} as="span" fontWeight="semibold" minW=${4}>${totals ? number(totals[state]) : "–"}<//>
      <//>`;
    })}
  <//>`;
}

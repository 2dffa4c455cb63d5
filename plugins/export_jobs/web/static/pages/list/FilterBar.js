// Search and filters of the list.
import { Choice } from "../../components/Choice.js";
import { Icon } from "../../components/icons.js";
import { SearchField } from "../../components/SearchField.js";
import { STATES } from "../../components/StateIcon.js";
import { number } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { FREQUENCIES } from "../../words.js";

const CHOICES = [["", "All"], ...Object.entries(FREQUENCIES)];
const STATUSES = [["", "All"], ["active", "Active"], ["completed", "Completed"]];
const TYPING_MS = 250;

/** @param {Props.FilterBar} props */
export function FilterBar({ filters, change }) {
  return html`<${Chakra.Flex} role="search" wrap="wrap" gap=${3} align="center">
    <${SearchField} label="Search export schedules" placeholder="Search name, description or owner"
      value=${filters.search} delay=${TYPING_MS} onSearch=${(search) => change({ search }, { replace: true })}
      flex=${{ base: "1 1 100%", md: "0 1 20rem" }} />
    <${Choice} label="Frequency" value=${filters.frequency} options=${CHOICES}
      onChange=${(frequency) => change({ frequency })} />
    <${Choice} label="Status" value=${filters.status} options=${STATUSES} onChange=${(status) => change({ status })} />
  <//>`;
}

// The number of jobs in each state. A click shows only these, a second click all jobs.
/** @param {Props.StateTotals} props */
export function StateTotals({ totals, chosen, onChoose }) {
  return html`<${Chakra.HStack} gap=${1} wrap="wrap" role="group" aria-label="Filter by state" minH=${8}>
    ${Object.entries(STATES).map(([state, { words, icon, color }]) => {
      const isChosen = chosen === state;
      return html`<${Chakra.Button} key=${state} size="xs" variant=${isChosen ? "subtle" : "ghost"}
        aria-pressed=${isChosen} onClick=${() => onChoose(isChosen ? "" : state)} fontWeight="normal">
        <${Chakra.Box} as="span" color=${color} display="inline-flex"><${Icon} name=${icon} size=${14} /><//>
        ${words}
        <${Chakra.Text} as="span" fontWeight="semibold" minW=${4}>${totals ? number(totals[state]) : "–"}<//>
      <//>`;
    })}
  <//>`;
}

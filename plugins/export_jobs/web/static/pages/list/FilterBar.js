// Search and filters of the list. The first choice of each filter says what it filters by.
import { Icon } from "../../components/icons.js";
import { SearchField } from "../../components/SearchField.js";
import { STATES } from "../../components/StateIcon.js";
import { Select } from "../../components/Field.js";
import { number } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { FREQUENCIES } from "../../words.js";

const CHOICES = [["", "Any frequency"], ...Object.entries(FREQUENCIES)];
const STATUSES = [["", "Any status"], ["active", "Active"], ["completed", "Completed"]];
const TYPING_MS = 250;
/** @param {string} first @param {string[]} [values] */
const among = (first, values = []) => [["", first], ...values.map((value) => [value, value])];

/** @param {Props.FilterBar} props */
export function FilterBar({ filters, change, destinations, owners }) {
  const isMine = filters.mine === "true";
  /** @param {keyof Props.Filters} name @param {string} label @param {Page.Option[]} options */
  const choice = (name, label, options) => html`<${Chakra.Box} minW=${0}
    flex=${{ base: "1 1 45%", md: "1 1 8rem", xl: "0 1 11rem" }}>
    <${Select} aria-label=${label} value=${filters[name]} options=${options}
      onChange=${(/** @type {string} */ value) => change({ [name]: value })} /><//>`;
  return html`<${Chakra.Flex} role="search" wrap="wrap" gap=${2} align="center">
    <${SearchField} label="Search export schedules" placeholder="Search name, description or owner"
      value=${filters.search} delay=${TYPING_MS} onSearch=${(search) => change({ search }, { replace: true })}
      flex=${{ base: "1 1 100%", md: "1 1 16rem" }} maxW=${{ md: "24rem" }} />
    ${choice("frequency", "Frequency", CHOICES)}
    ${choice("status", "Status", STATUSES)}
    ${choice("destination", "Destination", among("Any destination", destinations))}
    ${choice("owner", "Owner", among("Any owner", owners))}
    <${Chakra.Button} size="sm" variant=${isMine ? "subtle" : "outline"} aria-pressed=${isMine}
      onClick=${() => change({ mine: isMine ? "" : "true" })}>Mine<//>
  <//>`;
}

// The number of jobs in each state. A click shows only these jobs, a second click all jobs.
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

// Search and filters of the list; typing waits a moment before it asks.
import { Choice } from "../../components/Choice.js";
import { Icon } from "../../components/icons.js";
import { Chakra, html, useEffect, useRef, useState } from "../../host.js";
import { FREQUENCIES } from "../../words.js";

const CHOICES = [["", "All"], ...Object.entries(FREQUENCIES)];
const STATUSES = [["", "All"], ["active", "Active"], ["completed", "Completed"]];
const TYPING_MS = 250;

export function FilterBar({ filters, change }) {
  const [text, setText] = useState(filters.search);
  const timer = useRef(null);
  useEffect(() => setText(filters.search), [filters.search]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (event) => {
    setText(event.target.value);
    clearTimeout(timer.current);
    const search = event.target.value.trim();
    timer.current = setTimeout(() => change({ search }, { replace: true }), TYPING_MS);
  };
  return html`<${Chakra.Flex} role="search" wrap="wrap" gap=${3} align="center">
    <${Chakra.InputGroup} startElement=${html`<${Icon} name="search" />`} flex=${{ base: "1 1 100%", md: "0 1 20rem" }}>
      <${Chakra.Input} size="sm" type="search" value=${text} onChange=${type} maxLength=${200}
        placeholder="Search name, description or owner" aria-label="Search export schedules" />
    <//>
    <${Choice} label="Frequency" value=${filters.frequency} options=${CHOICES}
      onChange=${(frequency) => change({ frequency })} />
    <${Choice} label="Status" value=${filters.status} options=${STATUSES} onChange=${(status) => change({ status })} />
  <//>`;
}

// Which days of data a preview shows; the bounds are midnights of the job's zone.
import { addDays, startOfDay } from "../../days.js";
import { Chakra, html, useEffect, useState } from "../../host.js";

export function PreviewDays({ first, last, zone, onChange }) {
  const [from, setFrom] = useState(first);
  const [until, setUntil] = useState(last);
  useEffect(() => setFrom(first), [first]);
  useEffect(() => setUntil(last), [last]);
  const put = (start, end) => {
    setFrom(start);
    setUntil(end);
    if (start && end && start <= end) onChange({ start: startOfDay(start, zone), end: startOfDay(addDays(end, 1), zone) });
  };
  const day = (label, value, change) => html`<${Chakra.HStack} as="label" gap=${2} fontSize="sm" whiteSpace="nowrap">
    ${label}<${Chakra.Input} type="date" size="xs" width="9rem" value=${value} onChange=${(event) => change(event.target.value)} /><//>`;
  return html`<${Chakra.HStack} gap=${3} wrap="wrap">
    ${day("Data from", from, (value) => put(value, until < value ? value : until))}
    ${day("to", until, (value) => put(from > value ? value : from, value))}
  <//>`;
}

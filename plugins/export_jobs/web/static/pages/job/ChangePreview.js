// What a change of the schedule does: the next windows as they would have been, and as they will be.
import { time } from "../../format.js";
import { Chakra, html } from "../../host.js";

const isOfSchedule = (check) => check.changes.some(({ path }) => path.startsWith("schedule."));

function Windows({ title, windows, zone }) {
  return html`<${Chakra.Box} minW=${0}>
    <${Chakra.Text} fontSize="sm" fontWeight="medium" pb=${1}>${title}<//>
    ${windows.length === 0
      ? html`<${Chakra.Text} fontSize="sm" color="fg.muted">No window to come<//>`
      : html`<${Chakra.Stack} as="ol" listStyleType="none" gap=${1} fontSize="sm">
          ${windows.map(
            ({ days, due }) => html`<li key=${due}>${days} <${Chakra.Text} as="span" color="fg.muted">→ ${time(due, zone)}<//></li>`,
          )}
        <//>`}
  <//>`;
}

export function ChangePreview({ check, isStale, before, after }) {
  if (!isOfSchedule(check)) return null;
  return html`<${Chakra.Box} as="section" aria-label="What the change does" borderWidth="1px" borderRadius="md" p=${4}
    opacity=${isStale ? 0.6 : 1}>
    <${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2 }} gap=${4}>
      <${Windows} title="Next windows as it is" windows=${check.windows_before} zone=${before} />
      <${Windows} title="Next windows after the change" windows=${check.windows_after} zone=${after} />
    <//>
    <${Chakra.Text} fontSize="xs" color="fg.muted" pt=${3}>
      The new schedule takes over where the last window ended: no day is left out, none comes twice.
    <//>
  <//>`;
}

// The sentences below the fields of the schedule.
export function scheduleSaid(job, zone, check, isFresh) {
  const said = (schedule_text, first_delivery) => ({ ...check, schedule_text, first_delivery, count: 0 });
  if (!isFresh || check.issues.some((issue) => issue.level !== "warning")) return said("", "");
  if (!isOfSchedule(check)) return said(job.schedule_text, "This is how it is now");
  const [next] = check.windows_after;
  if (!next) return said("No delivery to come", "Every window of this schedule is over");
  return said(`Next delivery on ${time(next.due, zone)} ${zone}`, `It holds the data of ${next.days}`);
}

// The columns of the list: their cells and how they are sorted.
import { TextLink } from "../../components/links.js";
import { StateIcon } from "../../components/StateIcon.js";
import { capital, days, number, plural, size, time, timeWithZone } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { jobPath } from "../../paths.js";

const muted = (/** @type {string} */ text) => html`<${Chakra.Text} fontSize="xs" color="fg.muted"
  lineClamp=${1}>${text}<//>`;
const none = (/** @type {string} */ text) => html`<${Chakra.Text} as="span" color="fg.muted">${text}<//>`;
const moment = (/** @type {string} */ instant) => html`<${Chakra.Text} as="time" dateTime=${instant}
  title=${timeWithZone(instant)} whiteSpace="nowrap">${time(instant)}<//>`;

/** @param {Props.JobCell} props */
function Name({ job }) {
  return html`<${Chakra.Stack} gap=${0.5} minW=${0}>
    <${Chakra.HStack} gap=${2}>
      <${TextLink} to=${jobPath(job.dag_id)}>
        <${Chakra.Text} as="span" fontWeight="medium" wordBreak="break-word">${job.name}<//>
      <//>
      ${job.is_paused && html`<${Chakra.Badge} size="xs">Paused<//>`}
    <//>
    ${job.description && muted(job.description)}
    <${Chakra.Box} display=${{ base: "block", lg: "none" }}>${muted(job.schedule_text)}<//>
    <${Chakra.Box} display=${{ base: "block", md: "none" }} fontSize="sm" pt=${1}><${Last} job=${job} /><//>
  <//>`;
}

// "Daily: each day, delivered …": the first word is what people look for.
/** @param {Props.JobCell} props */
function Schedule({ job }) {
  const [frequency, ...rest] = job.schedule_text.split(": ");
  return html`<${Chakra.Stack} gap=${0.5} maxW="17rem" title=${job.schedule_text}>
    <${Chakra.Text}>${frequency || "–"}<//>
    ${rest.length > 0 && html`<${Chakra.Text} fontSize="xs" color="fg.muted" lineClamp=${2}>
      ${capital(rest.join(": "))}<//>`}
  <//>`;
}

/** @param {Props.JobCell} props */
function Next({ job }) {
  if (!job.next_delivery) return none("–");
  return html`<${Chakra.Stack} gap=${0.5}>
    ${moment(job.next_delivery)}
    ${job.next_window && muted(`Data of ${days(job.next_window, job.time_zone)}`)}
  <//>`;
}

/** @param {Props.JobCell} props */
function Last({ job: { last_delivery: last } }) {
  if (!last) return none("Nothing yet");
  const files = last.files > 1 ? `, ${number(last.files)} files` : "";
  return html`<${Chakra.Stack} gap=${0.5}>
    ${moment(last.at)}${muted(`${plural(last.rows, "row")}, ${size(last.bytes)}${files}`)}
  <//>`;
}

/** @param {Props.JobCell} props */
const Owner = ({ job }) => html`<${Chakra.Text} fontSize="sm" wordBreak="break-all">${job.owner}<//>`;
/** @param {Props.JobCell} props */
const State = ({ job }) => html`<${StateIcon} state=${job.state} reason=${job.reason} />`;

const WIDE = { base: "none", lg: "table-cell" };
const MEDIUM = { base: "none", md: "table-cell" };
const WIDEST = { base: "none", xl: "table-cell" };

/** @param {(props: Props.JobCell) => unknown} part */
const cellOf = (part) => (/** @type {Api.JobRow} */ job) => html`<${part} job=${job} />`;

/** @type {Page.JobColumn[]} */
export const COLUMNS = [
  { key: "state", heading: "Status", sort: "state", width: "5rem", cell: cellOf(State) },
  { key: "name", heading: "Name", sort: "name", cell: cellOf(Name) },
  { key: "schedule", heading: "Schedule", display: WIDE, cell: cellOf(Schedule) },
  { key: "next", heading: "Next delivery", sort: "next", display: MEDIUM, cell: cellOf(Next) },
  { key: "last", heading: "Last delivery", sort: "last", display: MEDIUM, cell: cellOf(Last) },
  { key: "destination", heading: "Destination", display: WIDE, cell: (job) => job.destination },
  { key: "owner", heading: "Owner", display: WIDEST, cell: cellOf(Owner) },
];

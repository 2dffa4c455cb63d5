// The columns of the list: cells, sort keys, and the window width from which each is shown.
import { TextLink } from "../../components/links.js";
import { Short } from "../../components/Short.js";
import { StateIcon } from "../../components/StateIcon.js";
import { daysShort, number, plural, size, time, timeWithZone } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { jobPath } from "../../paths.js";
import { FREQUENCIES, wordOf } from "../../words.js";

const muted = (/** @type {string} */ text) => html`<${Short} text=${text} fontSize="xs" color="fg.muted" />`;
const none = (/** @type {string} */ text) => html`<${Chakra.Text} as="span" color="fg.muted">${text}<//>`;
const moment = (/** @type {string} */ instant) => html`<${Chakra.Text} as="time" dateTime=${instant} display="block"
  title=${timeWithZone(instant)} truncate>${time(instant)}<//>`;

/** @param {Props.JobCell} props */
function Name({ job }) {
  return html`
    <${Chakra.HStack} gap=${2} minW=${0}>
      <${TextLink} to=${jobPath(job.dag_id)} minW=${0} display="block" overflow="hidden" title=${job.name}
        _focusVisible=${{ overflow: "visible", wordBreak: "break-all" }}>
        <${Chakra.Text} as="span" display="block" fontWeight="medium" textOverflow="ellipsis" overflow="hidden"
          whiteSpace="nowrap" css=${{ ":focus-visible > &": { whiteSpace: "normal" } }}>${job.name}<//>
      <//>
      ${job.is_paused && html`<${Chakra.Badge} size="xs" flexShrink=${0}>Paused<//>`}
    <//>
    ${job.description && muted(job.description)}
    <${Chakra.Box} display=${{ base: "block", md: "none" }}>
      ${muted(`${frequencyText(job)}, ${job.destination}`)}
      <${Last} job=${job} />
    <//>`;
}

/** @param {Api.JobRow} job */
const frequencyText = ({ frequency, deliver_at }) =>
  frequency ? `${wordOf(FREQUENCIES, frequency)}${deliver_at ? ` at ${deliver_at}` : ""}` : "–";

/** @param {Props.JobCell} props */
function Schedule({ job }) {
  return html`<${Chakra.Box} title=${job.schedule_text}>
    <${Short} text=${frequencyText(job)} title=${job.schedule_text} />
    ${job.deliver_at && muted(job.time_zone)}
    <${Chakra.Box} display=${{ base: "block", xl: "none" }}>${muted(`to ${job.destination}`)}<//>
  <//>`;
}

/** @param {Props.JobCell} props */
function Next({ job }) {
  if (!job.next_delivery) return none("–");
  return html`${moment(job.next_delivery)}
    ${job.next_window && muted(`for ${daysShort(job.next_window, job.time_zone)}`)}`;
}

/** @param {Props.JobCell} props */
function Last({ job: { last_delivery: last, time_zone } }) {
  if (!last) return none("Nothing yet");
  const files = last.files > 1 ? `, ${number(last.files)} files` : "";
  const amount = last.files > 0 ? `${plural(last.rows, "row")}, ${size(last.bytes)}${files}` : "No rows, no file";
  return html`${moment(last.at)}${muted(`for ${daysShort(last.window, time_zone)}`)}${muted(amount)}`;
}

/** @param {Props.JobCell} props */
const State = ({ job }) => html`<${StateIcon} job=${job} hasWords />`;

/** @param {(props: Props.JobCell) => unknown} part */
const cellOf = (part) => (/** @type {Api.JobRow} */ job) => html`<${part} job=${job} />`;

// Fits a date and a time; the name, the most important column, gets the rest.
const DELIVERY = { base: "9.75rem", xl: "11rem" };

/** @type {Page.JobColumn[]} */
export const COLUMNS = [
  {
    key: "state", heading: "Status", sort: "state", width: { base: "2.5rem", md: "11rem", xl: "11.5rem" },
    cell: cellOf(State),
  },
  { key: "name", heading: "Name", sort: "name", cell: cellOf(Name) },
  { key: "schedule", heading: "Schedule", from: "lg", width: { base: "9rem", xl: "10rem" }, cell: cellOf(Schedule) },
  {
    key: "next", heading: "Next delivery", from: "md", hasZone: true, sort: "next", width: DELIVERY, cell: cellOf(Next),
  },
  {
    key: "last", heading: "Last delivery", from: "md", hasZone: true, sort: "last", width: DELIVERY, cell: cellOf(Last),
  },
  {
    key: "destination", heading: "Destination", from: "xl", width: "9rem",
    cell: (job) => html`<${Short} text=${job.destination} />`,
  },
  {
    key: "owner", heading: "Owner", from: "2xl", width: "12rem",
    cell: (job) => html`<${Short} text=${job.owner} fontSize="sm" />`,
  },
];

const ALWAYS = new Set(["state", "name"]);
/** Columns that a person can hide. */
export const OPTIONAL = COLUMNS.filter(({ key }) => !ALWAYS.has(key));

// Chosen columns are shown in every window except on phones; without a choice, as many as there is room for.
/** @param {string[] | null} chosen @returns {Page.JobColumn[]} */
export function shownColumns(chosen) {
  return COLUMNS.filter(({ key }) => chosen === null || ALWAYS.has(key) || chosen.includes(key)).map((column) => {
    const from = column.from && chosen !== null ? "md" : column.from;
    return { ...column, display: from ? { base: "none", [from]: "table-cell" } : undefined };
  });
}

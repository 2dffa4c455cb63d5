// The columns of the list: how each cell reads, and by what it can be sorted.
import { StateIcon } from "../../components/StateIcon.js";
import { days, number, plural, size, time, timeWithZone } from "../../format.js";
import { Chakra, Router, html } from "../../host.js";
import { jobPath } from "../../paths.js";

const muted = (text) => html`<${Chakra.Text} fontSize="xs" color="fg.muted" lineClamp=${1}>${text}<//>`;
const wide = { base: "none", lg: "table-cell" };
const medium = { base: "none", md: "table-cell" };

function Name({ job }) {
  const name = html`<${Chakra.Text} as="span" fontWeight="medium" wordBreak="break-word">${job.name}<//>`;
  return html`<${Chakra.Stack} gap=${0.5} minW=${0}>
    <${Chakra.HStack} gap=${2}>
      <${Chakra.Link} asChild><${Router.Link} to=${jobPath(job.dag_id)}>${name}<//><//>
      ${job.is_paused && html`<${Chakra.Badge} size="xs">Paused<//>`}
    <//>
    ${job.description && muted(job.description)}
    <${Chakra.Box} display=${{ base: "block", lg: "none" }}>${muted(job.schedule_text)}<//>
    <${Chakra.Box} display=${{ base: "block", md: "none" }} fontSize="sm" pt=${1}><${Last} job=${job} /><//>
  <//>`;
}

// "Daily: each day, delivered …": the first word is what people look for.
function Schedule({ job }) {
  const [, frequency, rest] = /^([^:]*)(?:: (.*))?$/.exec(job.schedule_text) ?? [null, job.schedule_text, ""];
  return html`<${Chakra.Stack} gap=${0.5} maxW="17rem" title=${job.schedule_text}>
    <${Chakra.Text}>${frequency || "–"}<//>
    ${rest && html`<${Chakra.Text} fontSize="xs" color="fg.muted" lineClamp=${2}>${rest.charAt(0).toUpperCase() + rest.slice(1)}<//>`}
  <//>`;
}

function Next({ job }) {
  if (!job.next_delivery) return html`<${Chakra.Text} as="span" color="fg.muted">–<//>`;
  return html`<${Chakra.Stack} gap=${0.5}>
    <${Chakra.Text} as="time" dateTime=${job.next_delivery} title=${timeWithZone(job.next_delivery)} whiteSpace="nowrap">
      ${time(job.next_delivery)}<//>
    ${job.next_window && muted(`Data of ${days(job.next_window, job.time_zone)}`)}
  <//>`;
}

function Last({ job }) {
  const last = job.last_delivery;
  if (!last) return html`<${Chakra.Text} as="span" color="fg.muted">Nothing yet<//>`;
  return html`<${Chakra.Stack} gap=${0.5}>
    <${Chakra.Text} as="time" dateTime=${last.at} title=${timeWithZone(last.at)} whiteSpace="nowrap">${time(last.at)}<//>
    ${muted(`${plural(last.rows, "row")}, ${size(last.bytes)}${last.files > 1 ? `, ${number(last.files)} files` : ""}`)}
  <//>`;
}

export const COLUMNS = [
  { key: "state", heading: "Status", sort: "state", width: "5rem", cell: (job) => html`<${StateIcon} state=${job.state} reason=${job.reason} />` },
  { key: "name", heading: "Name", sort: "name", isHeader: true, cell: (job) => html`<${Name} job=${job} />` },
  { key: "schedule", heading: "Schedule", display: wide, cell: (job) => html`<${Schedule} job=${job} />` },
  { key: "next", heading: "Next delivery", sort: "next", display: medium, cell: (job) => html`<${Next} job=${job} />` },
  { key: "last", heading: "Last delivery", sort: "last", display: medium, cell: (job) => html`<${Last} job=${job} />` },
  { key: "destination", heading: "Destination", display: wide, cell: (job) => job.destination },
  { key: "owner", heading: "Owner", display: { base: "none", xl: "table-cell" }, cell: (job) => html`<${Chakra.Text} fontSize="sm" wordBreak="break-all">${job.owner}<//>` },
];

// One execution: its window, what became of it, its files; and why it failed, with the way to Airflow's own log.
import { Words } from "../../components/Words.js";
import { EXECUTION_STATES } from "../../components/windowStates.js";
import { days, duration, number, plural, time, timeWithZone } from "../../format.js";
import { Chakra, Router, html } from "../../host.js";
import { DeliveredFiles } from "./DeliveredFiles.js";

const wide = { base: "none", lg: "table-cell" };
const medium = { base: "none", md: "table-cell" };
const narrow = { base: "block", md: "none" };
export const HEADINGS = [
  { words: "Window" },
  { words: "State", display: medium },
  { words: "Tries", textAlign: "end", display: wide },
  { words: "Started", display: wide },
  { words: "Took", display: wide },
  { words: "Version", textAlign: "end", display: wide },
  { words: "Files" },
  { words: "In Airflow", display: medium },
];

function Failure({ error, log, label }) {
  const parts = [error.step, error.template && `of ${error.template}`, error.try_number > 1 && `try ${error.try_number}`];
  const place = parts.filter(Boolean).join(" ");
  return html`<${Chakra.Text} fontSize="sm" color="red.fg" wordBreak="break-word" maxW="60rem">
    ${place && html`<strong>${place.charAt(0).toUpperCase() + place.slice(1)}: </strong>`}${error.message} ${" "}
    <${Chakra.Link} asChild color="inherit" textDecoration="underline">
      <${Router.Link} to=${log} aria-label=${`See the task log, ${label}`}>See the task log<//>
    <//>
  <//>`;
}

// Recipients are told of successes; who could not be told is said.
function Notified({ notifications }) {
  const failed = notifications.filter(({ state }) => state === "failed");
  const sent = notifications.length - failed.length;
  if (notifications.length === 0) return null;
  return html`<${Chakra.Text} fontSize="xs" color=${failed.length > 0 ? "orange.fg" : "fg.muted"}>
    ${sent > 0 && `${plural(sent, "mail")} sent`}${sent > 0 && failed.length > 0 && "; "}
    ${failed.length > 0 && `no mail to ${failed.map(({ recipient, reply }) => (reply ? `${recipient} (${reply})` : recipient)).join(", ")}`}
  <//>`;
}

function Started({ at }) {
  return html`<${Chakra.Text} as="time" whiteSpace="nowrap" dateTime=${at} title=${timeWithZone(at)}>${time(at)}<//>`;
}

function ToAirflow({ links, label }) {
  const link = (words, path) =>
    html`<${Chakra.Link} asChild textDecoration="underline"><${Router.Link} to=${path} aria-label=${`${words}, ${label}`}>${words}<//><//>`;
  return html`<${Chakra.HStack} gap=${3} fontSize="sm">${link("Grid", links.grid)}${links.log && link("Log", links.log)}<//>`;
}

export function ExecutionRow({ execution, zone }) {
  const { window, state, tries, started_at, seconds, version, definition_hash, files, error, links, notifications, run_type } = execution;
  const label = window ? days(window, zone) : "no window";
  const border = error ? { borderBottomWidth: 0 } : {};
  const cell = (content, rest = {}) => html`<${Chakra.Table.Cell} verticalAlign="top" ...${border} ...${rest}>${content}<//>`;
  const said = html`<${Words} state=${EXECUTION_STATES[state]} />`;
  const airflow = html`<${ToAirflow} links=${links} label=${label} />`;
  return html`
    <${Chakra.Table.Row}>
      ${cell(html`${label}${run_type === "manual" && html`<${Chakra.Text} fontSize="xs" color="fg.muted">by hand<//>`}
        <${Chakra.Box} display=${narrow} fontWeight="normal" pt=${1}>${said}${airflow}<//>`,
        { as: "th", scope: "row", textAlign: "start", fontWeight: "medium" })}
      ${cell(said, { display: medium })}
      ${cell(number(tries), { textAlign: "end", display: wide })}
      ${cell(started_at && html`<${Started} at=${started_at} />`, { display: wide })}
      ${cell(seconds === null ? "" : html`<${Chakra.Text} as="span" whiteSpace="nowrap">${duration(seconds)}<//>`, { display: wide })}
      ${cell(html`<span title=${definition_hash ? `Definition ${definition_hash}` : undefined}>${version}</span>`, { textAlign: "end", display: wide })}
      ${cell(html`<${DeliveredFiles} files=${files} isRunning=${state === "running"} /><${Notified} notifications=${notifications} />`)}
      ${cell(airflow, { display: medium })}
    <//>
    ${error && html`<${Chakra.Table.Row}>
      <${Chakra.Table.Cell} colSpan=${HEADINGS.length} pt=${0}><${Failure} error=${error} log=${links.log ?? links.grid} label=${label} /><//>
    <//>`}`;
}

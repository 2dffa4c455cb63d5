// One execution: its window, result and files; if it failed, the reason and a link to Airflow's own log.
import { TextLink } from "../../components/links.js";
import { StateLabel } from "../../components/StateIcon.js";
import { EXECUTION_STATES } from "../../components/windowStates.js";
import { days, duration, number, plural, time, timeWithZone } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { stepText } from "../../words.js";
import { DeliveredFiles } from "./DeliveredFiles.js";

const WIDE = { base: "none", lg: "table-cell" };
const MEDIUM = { base: "none", md: "table-cell" };
const NARROW = { base: "block", md: "none" };
export const HEADINGS = [
  { words: "Window" },
  { words: "State", display: MEDIUM },
  { words: "Tries", textAlign: "end", display: WIDE },
  { words: "Started", display: WIDE },
  { words: "Duration", display: WIDE },
  { words: "Version", textAlign: "end", display: WIDE },
  { words: "Files" },
  { words: "In Airflow", display: MEDIUM },
];

/** @param {Props.Failure} props */
function Failure({ error: { step, template, message, try_number }, log, label }) {
  const parts = [step && stepText(step), template && `of ${template}`, try_number > 1 && `try ${try_number}`];
  const place = parts.filter(Boolean).join(" ");
  return html`<${Chakra.Text} fontSize="sm" color="red.fg" wordBreak="break-word" maxW="60rem">
    ${place && html`<strong>${place}: </strong>`}${message} ${" "}
    <${TextLink} to=${log} label=${`See the task log, ${label}`} color="inherit" textDecoration="underline">
      See the task log<//>
  <//>`;
}

/** @type {Record<string, string>} */
const MAILS = { success: "about the delivery", failure: "about the failure" };

// How many mails were sent about what, and on request to whom. Refused recipients are always shown.
/** @param {Props.Mails} props */
function Mails({ mails }) {
  if (mails.length === 0) return null;
  const isSent = (/** @type {Api.MailSummary} */ { state }) => state === "sent";
  const refused = mails.filter((mail) => !isSent(mail));
  const counts = Object.entries(MAILS)
    .map(([kind, words]) => [mails.filter((mail) => mail.kind === kind && isSent(mail)).length, words])
    .filter(([count]) => Number(count) > 0)
    .map(([count, words]) => `${plural(Number(count), "mail")} ${words}`);
  const names = refused.map(({ recipient, reply }) => (reply ? `${recipient} (${reply})` : recipient)).join(", ");
  return html`<${Chakra.Box} as="details" fontSize="xs" color="fg.muted" pt=${1}>
    <${Chakra.Box} as="summary" cursor="pointer" wordBreak="break-word">
      ${counts.join(", ")}${counts.length > 0 && names && "; "}
      ${names && html`<${Chakra.Text} as="span" color="orange.fg">no mail to ${names}<//>`}
    <//>
    <${Chakra.List.Root} ps=${4} pt=${1}>
      ${mails.map(({ recipient, kind, state, at, reply }, index) => html`<${Chakra.List.Item} key=${index}
        wordBreak="break-all">${recipient}: ${MAILS[kind] ?? kind}, ${state === "sent" ? "sent" : state} ${time(at)}
        ${state !== "sent" && reply ? ` (${reply})` : ""}<//>`)}
    <//>
  <//>`;
}

/** @param {Props.AirflowLinks} props */
function AirflowLinks({ links: { grid, log }, label }) {
  const link = (/** @type {string} */ words, /** @type {string} */ path) =>
    html`<${TextLink} to=${path} label=${`${words}, ${label}`} textDecoration="underline">${words}<//>`;
  return html`<${Chakra.HStack} gap=${3} fontSize="sm">${link("Grid", grid)}${log && link("Log", log)}<//>`;
}

/** @param {Props.ExecutionRow} props */
export function ExecutionRow({ execution, zone }) {
  const { window, state, started_at, seconds, definition_hash, error, links, run_type } = execution;
  const label = days(window, zone);
  const border = error ? { borderBottomWidth: 0 } : {};
  /** @param {Page.Content} content @param {object} [rest] */
  const cell = (content, rest = {}) =>
    html`<${Chakra.Table.Cell} verticalAlign="top" ...${border} ...${rest}>${content}<//>`;
  const right = { textAlign: "end", display: WIDE };
  const result = html`<${StateLabel} state=${EXECUTION_STATES[state]} />`;
  const airflow = html`<${AirflowLinks} links=${links} label=${label} />`;
  const start = started_at && html`<${Chakra.Text} as="time" whiteSpace="nowrap" dateTime=${started_at}
    title=${timeWithZone(started_at)}>
    ${time(started_at)}<//>`;
  const title = html`${label}
    ${run_type === "manual" && html`<${Chakra.Text} fontSize="xs" color="fg.muted">manual run<//>`}
    <${Chakra.Box} display=${NARROW} fontWeight="normal" pt=${1}>${result}${airflow}<//>`;
  const hash = definition_hash ? `Definition ${definition_hash}` : undefined;
  return html`
    <${Chakra.Table.Row}>
      ${cell(title, { as: "th", scope: "row", textAlign: "start", fontWeight: "medium" })}
      ${cell(result, { display: MEDIUM })}
      ${cell(number(execution.tries), right)}
      ${cell(start, { display: WIDE })}
      ${cell(seconds === null ? "" : duration(seconds), { display: WIDE, whiteSpace: "nowrap" })}
      ${cell(html`<span title=${hash}>${execution.version}</span>`, right)}
      ${cell(html`<${DeliveredFiles} files=${execution.files} isRunning=${state === "running"} />
        <${Mails} mails=${execution.notifications} />`)}
      ${cell(airflow, { display: MEDIUM })}
    <//>
    ${error && html`<${Chakra.Table.Row}>
      <${Chakra.Table.Cell} colSpan=${HEADINGS.length} pt=${0}>
        <${Failure} error=${error} log=${links.log || links.grid} label=${label} /><//>
    <//>`}`;
}

// The definition of a job: when it delivers what, to whom, and who changed it.
import { Facts, Section } from "../../components/layout.js";
import { TextLink } from "../../components/links.js";
import { days, plural, size, time, timeWithZone } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { TemplateInUse } from "./TemplateInUse.js";
import { Versions } from "./Versions.js";
import { executionDateText, fileFacts, frequencyText, validityText } from "./words.js";

const moment = (/** @type {string} */ instant) =>
  html`<time dateTime=${instant} title=${timeWithZone(instant)}>${time(instant)}</time>`;
const MANY = 10; // longer lists scroll, so that three hundred recipients do not push everything else away
const recipientList = (/** @type {string[]} */ texts) => {
  const scrolls = texts.length > MANY && { maxH: "14rem", overflowY: "auto", tabIndex: 0, "aria-label": "Recipients" };
  return html`<${Chakra.List.Root} listStyleType="none" ...${scrolls || {}}>
    ${texts.map((text) => html`<${Chakra.List.Item} key=${text} wordBreak="break-word">${text}<//>`)}<//>`;
};

/** @param {Page.Job} job @returns {Page.Fact[]} */
function aboutFacts({ versions, ...job }) {
  const changed = versions.length > 1 ? `, changed ${time(versions[versions.length - 1].created_at)}` : "";
  return [
    ["Name", job.name],
    ["Description", job.description],
    ["Destination", job.destination],
    ["Recipients", job.recipients.length > 0 ? recipientList(job.recipients) : "Nobody gets a mail"],
    ["Owner", job.owner],
    ["Version", `${job.version}${changed}`],
    ["Created", html`${moment(job.created_at)} by ${job.created_by}`],
    ["Can be changed", job.editable.length === 1 && "Only the description, because the job has run"],
    ["In Airflow", html`<${TextLink} to=${job.links.dag} textDecoration="underline">Dag ${job.dag_id}<//>`],
  ];
}

/** @param {Page.Job} job */
function nextText({ next_delivery, next_window, time_zone, is_paused, status }) {
  if (next_delivery) return html`${moment(next_delivery)}${next_window && `, data of ${days(next_window, time_zone)}`}`;
  if (is_paused) return "None while it is paused";
  return status === "completed" ? "None: the schedule has ended" : "None";
}

/** @param {Page.Job} job */
function lastText({ last_delivery, time_zone }) {
  if (!last_delivery) return "Nothing yet";
  const { at, window, files, rows, bytes } = last_delivery;
  const amount = `${plural(files, "file")}, ${plural(rows, "row")}, ${size(bytes)}`;
  return html`${moment(at)}, data of ${days(window, time_zone)}: ${amount}`;
}

/** @param {Page.Job} job @returns {Page.Fact[]} */
function scheduleFacts(job) {
  const { schedule } = job.definition;
  return [
    ["Schedule type", schedule && (schedule.frequency === "once" ? "Once" : "Recurring")],
    ["Frequency", schedule && frequencyText(schedule)],
    ["Execution date", schedule && executionDateText(schedule)],
    ["In words", job.schedule_text && `${job.schedule_text}.`],
    ["Validity", schedule && validityText(schedule)],
    ["Status", job.status === "completed" ? "Completed" : "Active"],
    ["Next delivery", nextText(job)],
    ["Last delivery", lastText(job)],
  ];
}

/** @param {Props.JobTab} props */
export function Overview({ view: { job, requested } }) {
  const { templates, definition, versions } = job;
  return html`<${Chakra.Stack} gap=${4}>
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${4}>
      <${Section} title="About"><${Facts} facts=${aboutFacts(job)} /><//>
      <${Section} title="Schedule"><${Facts} facts=${scheduleFacts(job)} /><//>
    <//>
    <${Section}
      title=${templates.length === 1 ? "Data fields" : `Data fields of ${plural(templates.length, "template")}`}>
      ${templates.length === 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">
        What the files contain is unknown until the definition is corrected.<//>`}
      <${Chakra.Stack} gap=${6}>
        ${templates.map((template) => html`<${TemplateInUse} key=${template.name} template=${template} />`)}
      <//>
    <//>
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${4}>
      ${definition.file && html`<${Section} title="File options"><${Facts} facts=${fileFacts(definition.file)} /><//>`}
      <${Section} title="Versions"><${Versions} path=${requested} versions=${versions} /><//>
    <//>
  <//>`;
}

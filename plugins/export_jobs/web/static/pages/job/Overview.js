// What a job is: when it delivers what, to whom, and who has changed it.
import { Facts } from "../../components/Facts.js";
import { Section } from "../../components/Section.js";
import { days, plural, size, time, timeWithZone } from "../../format.js";
import { Chakra, Router, html } from "../../host.js";
import { TemplateInUse } from "./TemplateInUse.js";
import { Versions } from "./Versions.js";
import { executionDate, fileFacts, frequencyWords, validity } from "./words.js";

const moment = (instant) => html`<time dateTime=${instant} title=${timeWithZone(instant)}>${time(instant)}</time>`;
const list = (texts) =>
  html`<${Chakra.List.Root} listStyleType="none">${texts.map((text) => html`<${Chakra.List.Item} key=${text}>${text}<//>`)}<//>`;

function about(job) {
  const { editable, versions, links } = job;
  return [
    ["Name", job.name],
    ["Description", job.description],
    ["Destination", job.destination],
    ["Recipients", job.recipients.length > 0 ? list(job.recipients) : "Nobody gets a mail"],
    ["Owner", job.owner],
    ["Version", `${job.version}${versions.length > 1 ? `, changed ${time(versions.at(-1).created_at)}` : ""}`],
    ["Created", html`${moment(job.created_at)} by ${job.created_by}`],
    ["Can be changed", editable.length === 1 && "The description only, since it has run"],
    ["In Airflow", html`<${Chakra.Link} asChild textDecoration="underline"><${Router.Link} to=${links.dag}>Dag ${job.dag_id}<//><//>`],
  ];
}

function schedule(job) {
  const { next_delivery: next, next_window: window, last_delivery: last } = job;
  const plan = job.definition.schedule;
  const delivered = (one) => [plural(one.files, "file"), plural(one.rows, "row"), size(one.bytes)].join(", ");
  const unsent = job.is_paused ? "None while it is paused" : job.status === "completed" ? "None: every window is over" : "None";
  return [
    ["Schedule type", plan && (plan.frequency === "once" ? "Once" : "Recurring")],
    ["Frequency", plan && frequencyWords(plan)],
    ["Execution date", plan && executionDate(plan)],
    ["In words", job.schedule_text && `${job.schedule_text}.`],
    ["Validity", plan && validity(plan)],
    ["Status", job.status === "completed" ? "Completed" : "Active"],
    ["Next delivery", next ? html`${moment(next)}${window && `, data of ${days(window, job.time_zone)}`}` : unsent],
    [
      "Last delivery",
      last
        ? html`${moment(last.at)}, data of ${days(last.window, job.time_zone)}: ${delivered(last)}`
        : "Nothing yet",
    ],
  ].map(([label, value]) => [label, value || null]);
}

export function Overview({ about: { job } }) {
  return html`<${Chakra.Stack} gap=${4}>
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${4}>
      <${Section} title="About"><${Facts} facts=${about(job).filter(([, value]) => value)} /><//>
      <${Section} title="Schedule"><${Facts} facts=${schedule(job)} /><//>
    <//>
    <${Section} title=${job.templates.length === 1 ? "Data fields" : `Data fields of ${plural(job.templates.length, "template")}`}>
      ${job.templates.length === 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">
        What the files hold cannot be told until the definition is repaired.<//>`}
      <${Chakra.Stack} gap=${6}>
        ${job.templates.map((template) => html`<${TemplateInUse} key=${template.name} template=${template} />`)}
      <//>
    <//>
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${4}>
      ${job.definition.file && html`<${Section} title="File options">
        <${Facts} facts=${fileFacts(job.definition.file)} /><//>`}
      <${Section} title="Versions"><${Versions} versions=${job.versions} /><//>
    <//>
  <//>`;
}

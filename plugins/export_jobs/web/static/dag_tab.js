// The tab "Export" on Airflow's page of a Dag: the export schedule of the Dag.
import { part } from "./api.js";
import { EmptyState, Facts } from "./components/layout.js";
import { LinkButton } from "./components/links.js";
import { Notice, Problem } from "./components/Notice.js";
import { StateIcon } from "./components/StateIcon.js";
import { days, plural, size, timeWithZone } from "./format.js";
import { Chakra, html } from "./host.js";
import { jobPath, listPath } from "./paths.js";
import { BUSY_MS, IDLE_MS, useAnswer } from "./useAnswer.js";

/** @param {Api.LastDelivery} delivery */
const deliveryText = ({ at, rows, bytes, files }) =>
  `${timeWithZone(at)}: ${plural(rows, "row")} in ${plural(files, "file")}, ${size(bytes)}`;

/** @param {Api.JobDetail} job */
function nextText({ next_delivery, next_window, time_zone, is_paused }) {
  if (!next_delivery) return is_paused ? "Paused" : "None";
  return `${timeWithZone(next_delivery)}${next_window ? `, data of ${days(next_window, time_zone)}` : ""}`;
}

/** @param {Props.DagTab} props */
export function DagTab({ dagId }) {
  const { data: job, error, reload } = useAnswer(`jobs/${part(dagId)}`, undefined, ({ state }) =>
    state === "in_progress" ? BUSY_MS : IDLE_MS,
  );
  if (error?.status === 404) {
    return html`<${EmptyState} title="No export schedule"
      action=${html`<${LinkButton} to=${listPath()} variant="outline">All export schedules<//>`}>
      No export schedule created this Dag, or its schedule has been deleted.
    <//>`;
  }
  if (error && !job) return html`<${Chakra.Box} p=${4}><${Problem} error=${error} onRetry=${reload} /><//>`;
  if (!job) return html`<${Chakra.Box} p=${4}><${Chakra.Skeleton} height=${40} /><//>`;
  const facts = [
    ["Description", job.description],
    ["Schedule", job.schedule_text],
    ["Next delivery", nextText(job)],
    ["Last delivery", job.last_delivery ? deliveryText(job.last_delivery) : "Nothing yet"],
    ["Destination", job.destination],
    ["Recipients", job.recipients.join(", ")],
    ["Owner", job.owner],
    ["Templates", job.templates.map(({ name }) => name).join(", ")],
    ["Version", String(job.version)],
  ];
  return html`<${Chakra.Stack} gap=${4} p=${4} maxW="60rem">
    <${Chakra.Flex} justify="space-between" align="center" gap=${3} wrap="wrap">
      <${Chakra.HStack} gap=${3}>
        <${Chakra.Heading} as="h2" size="md">${job.name}<//>
        <${StateIcon} job=${job} hasWords />
      <//>
      <${Chakra.HStack} gap=${2}>
        <${LinkButton} to=${jobPath(dagId, "log")} variant="outline">Execution log<//>
        <${LinkButton} to=${jobPath(dagId)} colorPalette="brand">Open the schedule<//>
      <//>
    <//>
    ${job.reason && html`<${Notice} status="error">${job.reason}<//>`}
    <${Facts} facts=${facts} />
  <//>`;
}

Object.assign(globalThis, { Export: DagTab });
export default DagTab;

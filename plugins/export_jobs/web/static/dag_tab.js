// The tab "Export" of Airflow's page of a Dag: the export schedule that the Dag was made from.
import { part, useAnswer } from "./api.js";
import { EmptyState } from "./components/EmptyState.js";
import { Facts } from "./components/Facts.js";
import { Problem } from "./components/Problem.js";
import { StateIcon } from "./components/StateIcon.js";
import { days, plural, size, timeWithZone } from "./format.js";
import { Chakra, Router, html } from "./host.js";
import { jobPath, listPath } from "./paths.js";

const BUSY_MS = 3000;
const IDLE_MS = 30000;
const pace = (job) => (job.state === "in_progress" ? BUSY_MS : IDLE_MS);

function delivered({ at, rows, bytes, files }) {
  return `${timeWithZone(at)}: ${plural(rows, "row")} in ${plural(files, "file")}, ${size(bytes)}`;
}

export function DagTab({ dagId }) {
  const { data: job, error, reload } = useAnswer(`jobs/${part(dagId)}`, undefined, pace);
  if (error?.status === 404) {
    return html`<${EmptyState} title="No export schedule"
      action=${html`<${Chakra.Button} asChild size="sm" variant="outline"><${Router.Link} to=${listPath()}>All export schedules<//><//>`}>
      This Dag was not made from an export schedule, or its schedule has been deleted.
    <//>`;
  }
  if (error && !job) return html`<${Chakra.Box} p=${4}><${Problem} error=${error} onRetry=${reload} /><//>`;
  if (!job) return html`<${Chakra.Box} p=${4}><${Chakra.Skeleton} height=${40} /><//>`;
  const next = job.next_delivery && `${timeWithZone(job.next_delivery)}, data of ${days(job.next_window, job.time_zone)}`;
  const facts = [
    ["Description", job.description],
    ["Schedule", job.schedule_text],
    ["Next delivery", next ?? (job.is_paused ? "Paused" : "None to come")],
    ["Last delivery", job.last_delivery ? delivered(job.last_delivery) : "Nothing yet"],
    ["Destination", job.destination],
    ["Recipients", job.recipients.join(", ")],
    ["Owner", job.owner],
    ["Templates", job.templates.map(({ name }) => name).join(", ")],
    ["Version", String(job.version)],
  ];
  return html`<${Chakra.Stack} gap=${4} p=${4} maxW="60rem">
    <${Chakra.Flex} justify="space-between" align="center" gap=${3} wrap="wrap">
      <${Chakra.HStack} gap=${3}><${Chakra.Heading} as="h2" size="md">${job.name}<//><${StateIcon} state=${job.state} reason=${job.reason} /><//>
      <${Chakra.HStack} gap=${2}>
        <${Chakra.Button} asChild size="sm" variant="outline"><${Router.Link} to=${jobPath(dagId, "log")}>Execution log<//><//>
        <${Chakra.Button} asChild size="sm" colorPalette="brand"><${Router.Link} to=${jobPath(dagId)}>Open the schedule<//><//>
      <//>
    <//>
    ${job.reason && html`<${Chakra.Alert.Root} status="error" variant="surface"><${Chakra.Alert.Indicator} /><${Chakra.Alert.Description}>${job.reason}<//><//>`}
    <${Facts} facts=${facts} />
  <//>`;
}

globalThis["Export"] = DagTab;
export default DagTab;

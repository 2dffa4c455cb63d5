// One deleted schedule and its executions, read-only.
import { part } from "../../api.js";
import { Facts, PageHeader, Section } from "../../components/layout.js";
import { Problem } from "../../components/Notice.js";
import { plural, time } from "../../format.js";
import { Chakra, Router, html } from "../../host.js";
import { deletedJobsPath, listPath } from "../../paths.js";
import { useAnswer } from "../../useAnswer.js";
import { ExecutionList } from "../job/Executions.js";

const UP = [["Export Schedules", listPath()], ["Deleted schedules", deletedJobsPath()]];

/** @param {Api.DeletedJobRow} job @returns {Page.Fact[]} */
const factsOf = (job) => [
  ["Deleted", `${time(job.deleted_at)}${job.deleted_by ? ` by ${job.deleted_by}` : ""}`],
  ["Description", job.description],
  ["Schedule", job.schedule_text],
  ["Destination", job.destination],
  ["Owner", job.owner],
  ["Delivered", job.windows === 0 ? "Nothing" : plural(job.windows, "window")],
  ["Dag", job.dag_id],
];

export function DeletedJobPage() {
  const { dagId } = Router.useParams();
  const path = /** @type {const} */ (`deleted-jobs/${part(dagId ?? "")}`);
  const { data: job, error, reload } = useAnswer(path);
  if (!job) {
    return error
      ? html`<${Problem} error=${error} onRetry=${reload} />`
      : html`<${Chakra.Skeleton} height=${9} width="16rem" aria-busy="true" aria-label="Loading" />`;
  }
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${UP} title=${job.name} badges=${html`<${Chakra.Badge}>Deleted<//>`} />
    <${Section} title="About"><${Facts} facts=${factsOf(job)} /><//>
    <${ExecutionList} path=${/** @type {const} */ (`${path}/executions`)} zone=${job.time_zone}
      whyEmpty="This schedule was deleted before its first run." />
  <//>`;
}

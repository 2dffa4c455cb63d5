// One export schedule: what it is, what it has delivered, and what can be done with it.
import { EmptyState, PageHeader } from "../../components/layout.js";
import { LinkButton, TextLink } from "../../components/links.js";
import { Notice, Problem } from "../../components/Notice.js";
import { StateLabel, stateOf } from "../../components/StateIcon.js";
import { Chakra, Router, html } from "../../host.js";
import { isError, sentence } from "../../issues.js";
import { jobPath, listPath } from "../../paths.js";
import { Comparison } from "./Comparison.js";
import { Coverage } from "./Coverage.js";
import { Executions } from "./Executions.js";
import { JobActions } from "./JobActions.js";
import { Overview } from "./Overview.js";
import { Sizes } from "./Sizes.js";
import { useJob } from "./useJob.js";

// Why a job cannot deliver, with the remedy, and its warnings.
/** @param {Props.JobProblems} props */
function JobProblems({ job }) {
  const errors = job.issues.filter(isError);
  const warnings = job.issues.filter((issue) => !isError(issue));
  const hasFailed = errors.length === 0 && job.state === "unable_to_execute" && job.reason;
  if (!hasFailed && errors.length === 0 && warnings.length === 0) return null;
  return html`<${Chakra.Stack} gap=${3}>
    ${errors.length > 0 && html`<${Notice} status="error" title="The definition is invalid, so nothing is delivered">
      <${Chakra.List.Root} ps=${4}>
        ${errors.map((issue, index) => html`<${Chakra.List.Item} key=${index}>${sentence(issue)}<//>`)}
      <//>
    <//>`}
    ${hasFailed && html`<${Notice} status="error" title="Unable to execute">
      ${job.reason} ${" "}
      <${TextLink} to=${jobPath(job.dag_id, "log")} color="inherit" textDecoration="underline">See the execution log<//>
    <//>`}
    ${warnings.length > 0 && html`<${Notice} status="warning">
      ${warnings.map((issue, index) => html`<div key=${index}>${sentence(issue)}</div>`)}
    <//>`}
  <//>`;
}

const UP = [["Export Schedules", listPath()]];
/** @type {Record<string, [string, Page.Component<Props.JobTab>]>} */
const TABS = { overview: ["Overview", Overview], log: ["Execution log", LogTab] };
/** @type {Record<number, [string, string]>} */
const REFUSALS = {
  403: ["You may not see this export schedule", "Ask an administrator of Airflow for the permission to read its Dag."],
  404: [
    "This export schedule does not exist",
    "It may have been deleted, or the address may be wrong. Its delivered files are kept.",
  ],
};

/** @param {Props.JobTab} props */
function LogTab({ view }) {
  return html`<${Chakra.Stack} gap=${4}>
    <${Coverage} view=${view} /><${Sizes} view=${view} />
    <${Comparison} view=${view} /><${Executions} view=${view} />
  <//>`;
}

/** @param {Props.Refusal} props */
function Refusal({ error, onRetry }) {
  if (!(error.status in REFUSALS)) return html`<${Problem} error=${error} onRetry=${onRetry} />`;
  const [title, text] = REFUSALS[error.status];
  const back = html`<${LinkButton} to=${listPath()} variant="outline">All export schedules<//>`;
  return html`<${EmptyState} title=${title} action=${back}>${text}<//>`;
}

function Loading() {
  return html`<${Chakra.Stack} gap=${5} aria-busy="true" aria-label="Loading">
    <${Chakra.Skeleton} height=${9} width="16rem" />
    <${Chakra.Skeleton} height=${8} width="14rem" />
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${4}>
      <${Chakra.Skeleton} height="16rem" /><${Chakra.Skeleton} height="16rem" />
    <//>
  <//>`;
}

export function JobPage() {
  const { dagId } = Router.useParams();
  return html`<${Job} key=${dagId} dagId=${dagId} />`;
}

/** @param {Props.Job} props */
function Job({ dagId }) {
  const [params, setParams] = Router.useSearchParams();
  const view = useJob(dagId);
  const { job, error, reload } = view;
  const chosen = params.get("tab") ?? "";
  const tab = chosen in TABS ? chosen : "overview";
  if (!job) return error ? html`<${Refusal} error=${error} onRetry=${reload} />` : html`<${Loading} />`;
  const tabs = Object.entries(TABS);
  const badges = html`
    <${StateLabel} state=${stateOf(job)} />${job.is_paused && html`<${Chakra.Badge}>Paused<//>`}`;
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${UP} title=${job.name} badges=${badges} actions=${html`<${JobActions} view=${view} />`} />
    ${error && html`<${Problem} error=${error} onRetry=${reload} />`}
    <${JobProblems} job=${job} />
    <${Chakra.Tabs.Root} value=${tab} lazyMount unmountOnExit
      onValueChange=${({ value }) => setParams(value === "overview" ? {} : { tab: value })}>
      <${Chakra.Tabs.List}>
        ${tabs.map(([key, [words]]) => html`<${Chakra.Tabs.Trigger} key=${key} value=${key}>${words}<//>`)}
      <//>
      ${tabs.map(
        ([key, [, component]]) => html`<${Chakra.Tabs.Content} key=${key} value=${key} pt=${4}>
          <${component} view=${view} /><//>`,
      )}
    <//>
  <//>`;
}

// One export schedule: what it is, what it has delivered, and what can be done with it.
import { EmptyState } from "../../components/EmptyState.js";
import { PageHeader } from "../../components/PageHeader.js";
import { Problem } from "../../components/Problem.js";
import { STATES } from "../../components/StateIcon.js";
import { Words } from "../../components/Words.js";
import { Chakra, Router, html } from "../../host.js";
import { listPath } from "../../paths.js";
import { JobActions } from "./JobActions.js";
import { LogTab } from "./LogTab.js";
import { Overview } from "./Overview.js";
import { Standing } from "./Standing.js";
import { useJob } from "./useJob.js";

const UP = [["Export Schedules", listPath()]];
const TABS = { overview: ["Overview", Overview], log: ["Execution log", LogTab] };
const REFUSED = {
  403: ["You may not see this export schedule", "Ask an administrator of Airflow for the permission to read its Dag."],
  404: ["There is no such export schedule", "It may have been deleted, or its name mistyped. Files that it has delivered stay where they are."],
};

function Refused({ error, onRetry }) {
  if (!(error.status in REFUSED)) return html`<${Problem} error=${error} onRetry=${onRetry} />`;
  const [title, text] = REFUSED[error.status];
  const back = html`<${Chakra.Button} asChild size="sm" variant="outline"><${Router.Link} to=${listPath()}>All export schedules<//><//>`;
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

export function Job({ dagId, up = UP }) {
  const [params, setParams] = Router.useSearchParams();
  const about = useJob(dagId);
  const { job, error } = about;
  const tab = params.get("tab") in TABS ? params.get("tab") : "overview";
  const choose = ({ value }) => setParams(value === "overview" ? {} : { tab: value });
  if (!job) return error ? html`<${Refused} error=${error} onRetry=${about.reload} />` : html`<${Loading} />`;
  const beside = html`<${Words} state=${STATES[job.state]} />${job.is_paused && html`<${Chakra.Badge}>Paused<//>`}`;
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${up} title=${job.name} beside=${beside} actions=${html`<${JobActions} about=${about} />`} />
    ${error && html`<${Problem} error=${error} onRetry=${about.reload} />`}
    <${Standing} job=${job} />
    <${Chakra.Tabs.Root} value=${tab} onValueChange=${choose} lazyMount unmountOnExit>
      <${Chakra.Tabs.List}>
        ${Object.entries(TABS).map(([key, [words]]) => html`<${Chakra.Tabs.Trigger} key=${key} value=${key}>${words}<//>`)}
      <//>
      ${Object.entries(TABS).map(
        ([key, [, component]]) => html`<${Chakra.Tabs.Content} key=${key} value=${key} pt=${4}><${component} about=${about} /><//>`,
      )}
    <//>
  <//>`;
}

// All executions, newest window first, page by page.
import { EmptyState, Section } from "../../components/layout.js";
import { Problem } from "../../components/Notice.js";
import { Pager } from "../../components/Pager.js";
import { Table } from "../../components/Table.js";
import { Chakra, html, useState } from "../../host.js";
import { useAnswer } from "../../useAnswer.js";
import { ExecutionRow, HEADINGS } from "./ExecutionRow.js";
import { useOnChange } from "./useJob.js";

const LIMIT = 20;

/** @param {Props.JobTab} props */
export function Executions({ view: { job, requested, pace, stateKey } }) {
  const path = requested && /** @type {const} */ (`${requested}/executions`);
  const whyEmpty = job.next_delivery
    ? "The first execution appears here when its window has ended and its run starts."
    : "Runs appear here as soon as they start.";
  return html`<${ExecutionList} path=${path} zone=${job.time_zone} pace=${pace} stateKey=${stateKey}
    whyEmpty=${whyEmpty} />`;
}

// The executions of any job. For a deleted job they are requested once, because they no longer change.
/** @param {Props.ExecutionList} props */
export function ExecutionList({ path, zone, whyEmpty, pace, stateKey = null }) {
  const [offset, setOffset] = useState(0);
  const { data, error, reload } = useAnswer(path, { offset, limit: LIMIT }, pace);
  useOnChange(stateKey, reload);
  const isEmpty = data?.total === 0;
  const rows = data?.executions.map((execution) => html`<${ExecutionRow} key=${execution.execution_id}
    execution=${execution} zone=${zone} />`);
  return html`<${Section} title="Executions">
    ${error && html`<${Chakra.Box} pb=${3}><${Problem} error=${error} onRetry=${reload} /><//>`}
    ${isEmpty && html`<${EmptyState} title="No executions">${whyEmpty}<//>`}
    ${!isEmpty && html`<${Table} label="Executions" headings=${HEADINGS} rows=${rows} skeleton=${error ? 0 : 3}
      borderWidth=${0} whiteSpace="normal" />`}
    ${data && html`<${Pager} offset=${offset} limit=${LIMIT} total=${data.total} onMove=${setOffset} />`}
  <//>`;
}

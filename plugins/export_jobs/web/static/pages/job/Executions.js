// Every execution, newest window first, a page at a time.
import { useAnswer } from "../../api.js";
import { EmptyState } from "../../components/EmptyState.js";
import { Pager } from "../../components/Pager.js";
import { Problem } from "../../components/Problem.js";
import { Section } from "../../components/Section.js";
import { Chakra, html, useEffect, useState } from "../../host.js";
import { ExecutionRow, HEADINGS } from "./ExecutionRow.js";

const LIMIT = 20;
const SKELETON_ROWS = 3;

export function Executions({ about: { job, path, pace, turn } }) {
  const [offset, setOffset] = useState(0);
  const { data, error, reload } = useAnswer(`${path}/executions`, { offset, limit: LIMIT }, pace);
  useEffect(() => {
    reload();
  }, [turn]);
  const isEmpty = data?.total === 0;
  return html`<${Section} title="Executions">
    ${error && html`<${Chakra.Box} pb=${3}><${Problem} error=${error} onRetry=${reload} /><//>`}
    ${isEmpty && html`<${EmptyState} title="Nothing has run yet">
      ${job.next_delivery ? "The first execution shows up here once its window is over and its run begins." : "Runs show up here as soon as they begin."}
    <//>`}
    ${!isEmpty && html`<${Chakra.Table.ScrollArea} whiteSpace="normal">
      <${Chakra.Table.Root} size="sm" aria-label="Executions">
        <${Chakra.Table.Header}>
          <${Chakra.Table.Row}>
            ${HEADINGS.map(
              ({ words, ...rest }) => html`<${Chakra.Table.ColumnHeader} key=${words} scope="col" fontSize="xs" ...${rest}>${words}<//>`,
            )}
          <//>
        <//>
        <${Chakra.Table.Body}>
          ${data
            ? data.executions.map(
                (execution) => html`<${ExecutionRow} key=${execution.execution_id} execution=${execution} zone=${job.time_zone} />`,
              )
            : Array.from({ length: error ? 0 : SKELETON_ROWS }, (_, row) => html`<${Chakra.Table.Row} key=${row}>
                <${Chakra.Table.Cell} colSpan=${HEADINGS.length}><${Chakra.Skeleton} height=${8} /><//>
              <//>`)}
        <//>
      <//>
    <//>`}
    ${data && html`<${Pager} offset=${offset} limit=${LIMIT} total=${data.total} onMove=${setOffset} />`}
  <//>`;
}

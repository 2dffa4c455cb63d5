// All export schedules that this person may see.
import { useAnswer } from "../../api.js";
import { ConfirmDialog } from "../../components/ConfirmDialog.js";
import { EmptyState } from "../../components/EmptyState.js";
import { Pager } from "../../components/Pager.js";
import { Problem } from "../../components/Problem.js";
import { plural } from "../../format.js";
import { Chakra, Router, html, useEffect, useState } from "../../host.js";
import { newPath, templatesPath } from "../../paths.js";
import { FilterBar } from "./FilterBar.js";
import { JobTable } from "./JobTable.js";
import { StateTotals } from "./StateTotals.js";
import { LIMIT, queryOf, useFilters } from "./useFilters.js";
import { useJobActions } from "./useJobActions.js";

const BUSY_MS = 3000;
const IDLE_MS = 30000;

// What runs is watched; what rests may be changed by somebody else.
const pace = ({ jobs }) => (jobs.some((job) => job.state === "in_progress") ? BUSY_MS : IDLE_MS);

function Nothing({ isFiltered, change, mayCreate }) {
  if (isFiltered) {
    const clear = () => change({ search: "", frequency: "", status: "", state: "" });
    return html`<${EmptyState} title="No schedule matches"
      action=${html`<${Chakra.Button} size="sm" variant="outline" onClick=${clear}>Clear search and filters<//>`}>
      No export schedule that you may see has this name, frequency and status.
    <//>`;
  }
  const create = mayCreate && html`<${Chakra.Button} asChild colorPalette="brand"><${Router.Link} to=${newPath()}>Create the first one<//><//>`;
  return html`<${EmptyState} title="No export schedules yet" action=${create}>
    An export schedule sends files of your data to a partner or a team: rows, KPIs by dimensions, or a whole table, once or every day,
    week or month. Each one becomes a Dag that delivers every window of data exactly once.
  <//>`;
}

export function ListPage() {
  const { filters, change, isFiltered } = useFilters();
  const [selected, setSelected] = useState(new Set());
  const mayCreate = useAnswer("me").data?.may.create ?? false;
  const { data, error, reload } = useAnswer("jobs", queryOf(filters), pace);
  const { actionsOf, pause, remove, toDelete, closeDelete } = useJobActions(reload, mayCreate);
  useEffect(() => setSelected(new Set()), [JSON.stringify(filters)]);
  const chosen = (data?.jobs ?? []).filter((job) => selected.has(job.dag_id));
  const isEmpty = data && data.total === 0;

  return html`<${Chakra.Stack} gap=${4}>
    <${Chakra.Flex} justify="space-between" align="center" gap=${4} wrap="wrap">
      <${Chakra.Heading} as="h1" size="xl">Export Schedules<//>
      <${Chakra.HStack} gap=${2} minH=${9}>
        <${Chakra.Button} asChild size="sm" variant="outline"><${Router.Link} to=${templatesPath()}>Templates<//><//>
        ${mayCreate && html`<${Chakra.Button} asChild size="sm" colorPalette="brand"><${Router.Link} to=${newPath()}>Create<//><//>`}
      <//>
    <//>
    <${FilterBar} filters=${filters} change=${change} />
    <${Chakra.Flex} justify="space-between" align="center" gap=${3} wrap="wrap" minH=${9}>
      <${StateTotals} totals=${data?.totals} chosen=${filters.state} onChoose=${(state) => change({ state })} />
      ${chosen.length > 0 && html`<${Chakra.HStack} gap=${2}>
        <${Chakra.Text} fontSize="sm" color="fg.muted">${plural(chosen.length, "job")} selected<//>
        <${Chakra.Button} size="xs" variant="outline" onClick=${() => pause(chosen, true)}>Pause<//>
        <${Chakra.Button} size="xs" variant="outline" onClick=${() => pause(chosen, false)}>Resume<//>
      <//>`}
    <//>
    ${error && html`<${Problem} error=${error} onRetry=${reload} />`}
    ${isEmpty
      ? html`<${Nothing} isFiltered=${isFiltered} change=${change} mayCreate=${mayCreate} />`
      : html`<${JobTable} jobs=${data?.jobs} sort=${filters.sort} onSort=${(sort) => change({ sort })}
          selected=${selected} onSelect=${setSelected} actionsOf=${actionsOf} />`}
    ${data && html`<${Pager} offset=${data.offset} limit=${data.limit} total=${data.total} onMove=${(offset) => change({ offset })} />`}
    ${toDelete && html`<${ConfirmDialog} title=${`Delete ${toDelete.name}?`} verb="Delete"
      onConfirm=${() => remove(toDelete)} onClose=${closeDelete}>
      <${Chakra.Text}>No further file will be delivered. Files that were delivered, and the history of this schedule, stay.<//>
    <//>`}
  <//>`;
}

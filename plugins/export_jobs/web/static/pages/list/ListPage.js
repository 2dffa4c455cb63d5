// All export schedules that this person may see.
import { call } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { ConfirmDialog } from "../../components/Dialog.js";
import { EmptyState } from "../../components/layout.js";
import { LinkButton } from "../../components/links.js";
import { loadPreference, savePreference } from "../../components/preferences.js";
import { Notice, Problem } from "../../components/Notice.js";
import { Pager } from "../../components/Pager.js";
import { JOB_FILTERS, jobQuery } from "../../filters.js";
import { time } from "../../format.js";
import { Chakra, html, useEffect, useMemo, useState } from "../../host.js";
import { deletedJobsPath, installationPath, newPath, templatesPath } from "../../paths.js";
import { BUSY_MS, IDLE_MS, useAnswer } from "../../useAnswer.js";
import { useFilters } from "../../useFilters.js";
import { BulkBar } from "./BulkBar.js";
import { shownColumns } from "./columns.js";
import { FilterBar, StateTotals } from "./FilterBar.js";
import { JobTable } from "./JobTable.js";
import { useJobActions } from "./useJobActions.js";
import { ViewMenu } from "./ViewMenu.js";

const NO_FILTERS = Object.fromEntries(
  Object.entries(JOB_FILTERS).filter(([name]) => name !== "sort" && name !== "offset"),
);
/** @param {typeof JOB_FILTERS} filters */
const isFiltered = (filters) =>
  Object.entries(filters).some(([name, value]) => !["sort", "offset"].includes(name) && value !== "");
const COLUMNS = "list-columns";
const FAILING_FIRST = "state";
const MOST_AT_ONCE = 500;

/** @param {Api.JobList} answer */
const pace = ({ jobs }) => (jobs.some((job) => job.state === "in_progress") ? BUSY_MS : IDLE_MS);

/** @param {Props.NoJobs} props */
function NoJobs({ filters, change, mayCreate }) {
  if (isFiltered(filters)) {
    const clear = html`<${Chakra.Button} size="sm" variant="outline" onClick=${() => change(NO_FILTERS)}>
      Clear search and filters<//>`;
    return html`<${EmptyState} title="No schedule matches" action=${clear}>
      No export schedule that you may see matches this search and these filters.
    <//>`;
  }
  const create = mayCreate && html`<${LinkButton} to=${newPath()} size="md"
    colorPalette="brand">Create the first one<//>`;
  return html`<${EmptyState} title="No export schedules yet" action=${create}>
    An export schedule sends files of your data to a partner or a team: rows, KPIs by dimensions, or a whole table, once
    or every day, week or month. Each one becomes a Dag that delivers every window of data exactly once.
  <//>`;
}

export function ListPage() {
  const { filters, change } = useFilters(JOB_FILTERS);
  const [selected, setSelected] = useState(/** @type {Set<string>} */ (new Set()));
  const [others, setOthers] = useState(/** @type {Api.JobRow[]} */ ([])); // jobs of other pages, after Select all
  const may = useAnswer("me").data?.may;
  const mayCreate = may?.create ?? false;
  const { data, error, reload, seenAt } = useAnswer("jobs", jobQuery(filters), pace);
  const [columns, setColumns] = useState(() => loadPreference(COLUMNS, /** @type {string[] | null} */ (null)));
  const shown = useMemo(() => shownColumns(columns), [columns]);
  const isFailingFirst = filters.sort === FAILING_FIRST;
  const choose = (/** @type {string[]} */ keys) => {
    setColumns(keys);
    savePreference(COLUMNS, keys);
  };
  const act = async (/** @type {Page.BulkVerb} */ verb, /** @type {object | undefined} */ more, jobs = chosen) => {
    await actOn(jobs, verb, more);
    setSelected(new Set());
  };
  const { actionsOf, actOn, remove, toDelete, closeDelete } = useJobActions(reload, mayCreate);
  useEffect(() => setSelected(new Set()), [filters]);
  const onPage = data?.jobs ?? [];
  const isOnPage = new Set(onPage.map((job) => job.dag_id));
  const chosen = [...onPage, ...others.filter((job) => !isOnPage.has(job.dag_id))].filter((job) =>
    selected.has(job.dag_id));
  // Selects all pages of the current search and filters, up to the limit of one request.
  const selectAll = async () => {
    try {
      const { jobs } = await call("jobs", { query: { ...jobQuery(filters), offset: 0, limit: MOST_AT_ONCE } });
      setOthers(jobs);
      setSelected(new Set(jobs.filter((job) => job.may.edit).map((job) => job.dag_id)));
    } catch (failure) {
      announce(failure.message, "error");
    }
  };
  const isPageChosen = onPage.every((job) => !job.may.edit || selected.has(job.dag_id));
  const all = data && data.total > onPage.length && isPageChosen ? Math.min(data.total, MOST_AT_ONCE) : 0;

  return html`<${Chakra.Stack} gap=${4}>
    <${Chakra.Flex} justify="space-between" align="center" gap=${4} wrap="wrap">
      <${Chakra.Heading} as="h1" size="xl">Export Schedules<//>
      <${Chakra.HStack} gap=${2} minH=${9} wrap="wrap">
        ${may?.check_installation && html`<${LinkButton} to=${installationPath()} variant="ghost">Installation<//>`}
        <${LinkButton} to=${deletedJobsPath()} variant="ghost">Deleted<//>
        <${LinkButton} to=${templatesPath()} variant="outline">Templates<//>
        ${mayCreate && html`<${LinkButton} to=${newPath()} colorPalette="brand">Create<//>`}
      <//>
    <//>
    <${FilterBar} filters=${filters} change=${change} destinations=${data?.destinations} owners=${data?.owners} />
    <${Chakra.Flex} justify="space-between" align="center" gap=${3} wrap="wrap" minH=${9}>
      <${StateTotals} totals=${data?.totals} chosen=${filters.state} onChoose=${(state) => change({ state })} />
      <${Chakra.HStack} gap=${2}>
        <${Chakra.Button} size="xs" variant=${isFailingFirst ? "subtle" : "outline"} aria-pressed=${isFailingFirst}
          onClick=${() => change({ sort: isFailingFirst ? JOB_FILTERS.sort : FAILING_FIRST })}>Failing first<//>
        <${ViewMenu} filters=${filters} show=${change} columns=${columns} onColumns=${choose} />
      <//>
    <//>
    ${chosen.length > 0 && html`<${BulkBar} jobs=${chosen} act=${act} all=${chosen.length < all ? all : 0}
      onAll=${selectAll} onClear=${() => setSelected(new Set())} />`}
    ${error && data && error.status === 0
      ? html`<${Notice} status="warning" role="status">Airflow does not answer. The list shows the state
          ${seenAt ? ` of ${time(seenAt)}` : " of the last answer"}. Trying again.<//>`
      : error && html`<${Problem} error=${error} onRetry=${reload} />`}
    ${data?.total === 0
      ? html`<${NoJobs} filters=${filters} change=${change} mayCreate=${mayCreate} />`
      : html`<${JobTable} jobs=${data?.jobs} columns=${shown} sort=${filters.sort} onSort=${(sort) => change({ sort })}
          selected=${selected} onSelect=${setSelected} actionsOf=${actionsOf} />`}
    ${data && html`<${Pager} offset=${data.offset} limit=${data.limit} total=${data.total}
      onMove=${(offset) => change({ offset: String(offset) })} />`}
    ${toDelete && html`<${ConfirmDialog} title=${`Delete ${toDelete.name}?`} verb="Delete"
      onConfirm=${() => remove(toDelete)} onClose=${closeDelete}>
      <${Chakra.Text}>No more files will be delivered. Delivered files and the history of this schedule are kept.<//>
    <//>`}
  <//>`;
}

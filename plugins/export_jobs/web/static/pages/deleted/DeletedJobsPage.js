// The deleted schedules: what each was, who deleted it, and what it had delivered.
import { EmptyState, PageHeader } from "../../components/layout.js";
import { TextLink } from "../../components/links.js";
import { Problem } from "../../components/Notice.js";
import { Pager } from "../../components/Pager.js";
import { SearchField } from "../../components/SearchField.js";
import { RowHeading, Table } from "../../components/Table.js";
import { plural, time } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { deletedJobPath, listPath } from "../../paths.js";
import { useAnswer } from "../../useAnswer.js";
import { useFilters } from "../../useFilters.js";

const DEFAULTS = { search: "", offset: "0" };
const LIMIT = 50;
const TYPING_MS = 250;
const WIDE = { base: "none", lg: "table-cell" };
const MEDIUM = { base: "none", md: "table-cell" };
const HEADINGS = [
  { words: "Name" },
  { words: "Deleted", width: { base: "7rem", md: "11rem" } },
  { words: "Delivered", display: MEDIUM, width: "14rem" },
  { words: "Owner", display: WIDE, width: "16rem" },
];

/** @param {Props.DeletedJob} props */
function Row({ job }) {
  const { name, dag_id, description, deleted_at, deleted_by, windows, last_delivery_at: last, owner } = job;
  return html`<${Chakra.Table.Row} verticalAlign="top">
    <${RowHeading} wordBreak="break-word">
      <${TextLink} to=${deletedJobPath(dag_id)} fontWeight="medium">${name}<//>
      ${description && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${description}<//>`}
    <//>
    <${Chakra.Table.Cell} fontSize="sm">
      ${time(deleted_at)}<${Chakra.Text} fontSize="xs" color="fg.muted">${deleted_by}<//><//>
    <${Chakra.Table.Cell} display=${MEDIUM} fontSize="sm">
      ${windows === 0 ? "Nothing" : plural(windows, "window")}
      ${last && html`<${Chakra.Text} fontSize="xs" color="fg.muted">last on ${time(last)}<//>`}<//>
    <${Chakra.Table.Cell} display=${WIDE} fontSize="sm" wordBreak="break-word">${owner}<//>
  <//>`;
}

export function DeletedJobsPage() {
  const { filters, change } = useFilters(DEFAULTS);
  const { data, error, reload } = useAnswer("deleted-jobs", { ...filters, limit: LIMIT });
  const rows = data?.jobs.map((job) => html`<${Row} key=${job.dag_id} job=${job} />`);
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${[["Export Schedules", listPath()]]} title="Deleted schedules" />
    <${SearchField} label="Search deleted schedules" placeholder="Search name, description or owner"
      value=${filters.search} delay=${TYPING_MS} maxW="20rem"
      onSearch=${(search) => change({ search }, { replace: true })} />
    ${error && html`<${Problem} error=${error} onRetry=${reload} />`}
    ${data?.total === 0
      ? html`<${EmptyState} title=${filters.search ? "No deleted schedule matches" : "Nothing has been deleted"}>
          Deleted schedules stay visible here, with their definition, executions and files.
        <//>`
      : html`<${Table} label="Deleted schedules" headings=${HEADINGS} rows=${rows} skeleton=${6}
          isFixed />`}
    ${data && html`<${Pager} offset=${Number(filters.offset)} limit=${LIMIT} total=${data.total}
      onMove=${(offset) => change({ offset: String(offset) })} />`}
  <//>`;
}

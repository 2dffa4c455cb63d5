// One template: what its file contains, its first rows, and which jobs deliver it.
import { part } from "../../api.js";
import { PageHeader, Section } from "../../components/layout.js";
import { TextLink } from "../../components/links.js";
import { Notice, Problem } from "../../components/Notice.js";
import { RowHeading, Table } from "../../components/Table.js";
import { definitionOf } from "../../components/template/offers.js";
import { Preview } from "../../components/template/Preview.js";
import { plural, time } from "../../format.js";
import { Chakra, Router, html } from "../../host.js";
import { sentence } from "../../issues.js";
import { jobPath, listPath, templatesPath } from "../../paths.js";
import { useAnswer } from "../../useAnswer.js";
import { KINDS } from "../../words.js";

const UP = [["Export Schedules", listPath()], ["Templates", templatesPath()]];
const HEADINGS = [{ words: "Column" }, { words: "Contents" }, { words: "Type" }, { words: "Unit" }];

export function TemplatePage() {
  const { name } = Router.useParams();
  const { data: template, error, reload } = useAnswer(`templates/${part(name)}`);
  const me = useAnswer("me");
  if (!template) {
    return html`<${Chakra.Stack} gap=${4}>
      <${PageHeader} up=${UP} title=${name} />
      ${error ? html`<${Problem} error=${error} onRetry=${reload} />` : html`<${Chakra.Skeleton} height=${40} />`}
    <//>`;
  }
  const { kind, description, created_at, created_by, issues, file_columns: columns } = template;
  const mayPreview = me.data?.may.create && issues.length === 0;
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${UP} title=${name} badges=${html`<${Chakra.Badge}>${KINDS[kind]}<//>`} />
    <${Chakra.Text}>${description}<//>
    <${Chakra.Text} fontSize="sm" color="fg.muted">Created ${time(created_at)} by ${created_by}<//>
    ${issues.length > 0 && html`<${Notice} status="error">
      ${issues.map((issue, index) => html`<div key=${index}>${sentence(issue)}</div>`)}<//>`}
    <${Section} title="Columns"><${Columns} columns=${columns} /><//>
    ${mayPreview && html`<${Section} title="Preview"><${Preview} template=${definitionOf(template)} /><//>`}
    <${Section} title="Jobs"><${Jobs} template=${template} /><//>
  <//>`;
}

/** @param {Props.Columns} props */
function Columns({ columns }) {
  const rows = columns.map(({ column, title, description, type, unit }) => html`<${Chakra.Table.Row} key=${column}
    verticalAlign="top">
    <${RowHeading}>${column}<//>
    <${Chakra.Table.Cell}>${title}<${Chakra.Text} fontSize="xs" color="fg.muted">${description}<//><//>
    <${Chakra.Table.Cell}>${type}<//>
    <${Chakra.Table.Cell}>${unit}<//>
  <//>`);
  return html`<${Table} label="Columns" headings=${HEADINGS} rows=${rows} />`;
}

/** @param {Props.TemplateJobs} props */
function Jobs({ template: { jobs, used_by } }) {
  if (used_by === 0) return html`<${Chakra.Text} fontSize="sm" color="fg.muted">No job uses it yet.<//>`;
  const hidden = used_by - jobs.length;
  return html`<${Chakra.Stack} as="ul" listStyleType="none" gap=${1} fontSize="sm">
    ${jobs.map(({ name, dag_id }) => html`<li key=${dag_id}><${TextLink} to=${jobPath(dag_id)}>${name}<//></li>`)}
    ${hidden > 0 && html`<${Chakra.Text} as="li" color="fg.muted">
      and ${plural(hidden, "job")} that you may not see<//>`}
  <//>`;
}

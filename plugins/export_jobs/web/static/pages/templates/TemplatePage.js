// One template: what its file holds, its first rows, and which jobs deliver it.
import { part, useAnswer } from "../../api.js";
import { PageHeader } from "../../components/PageHeader.js";
import { Problem } from "../../components/Problem.js";
import { Section } from "../../components/Section.js";
import { sentence } from "../../components/Field.js";
import { Preview } from "../../components/template/Preview.js";
import { definitionOf } from "../../components/template/offers.js";
import { plural, time } from "../../format.js";
import { Chakra, Router, html } from "../../host.js";
import { jobPath, listPath, templatesPath } from "../../paths.js";
import { KINDS } from "../../words.js";

export function TemplatePage() {
  const { name } = Router.useParams();
  const { data: template, error, reload } = useAnswer(`templates/${part(name)}`);
  const me = useAnswer("me");
  const up = [["Export Schedules", listPath()], ["Templates", templatesPath()]];
  if (error && !template) return html`<${Chakra.Stack} gap=${4}><${PageHeader} up=${up} title=${name} /><${Problem} error=${error} onRetry=${reload} /><//>`;
  if (!template) return html`<${Chakra.Stack} gap=${4}><${PageHeader} up=${up} title=${name} /><${Chakra.Skeleton} height=${40} /><//>`;
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${up} title=${name} beside=${html`<${Chakra.Badge}>${KINDS[template.kind]}<//>`} />
    <${Chakra.Text}>${template.description}<//>
    <${Chakra.Text} fontSize="sm" color="fg.muted">Created ${time(template.created_at)} by ${template.created_by}<//>
    ${template.issues.length > 0 && html`<${Chakra.Alert.Root} status="error" variant="surface"><${Chakra.Alert.Indicator} /><${Chakra.Alert.Description}>
      ${template.issues.map((issue, index) => html`<div key=${index}>${sentence(issue)}</div>`)}<//><//>`}
    <${Section} title="Columns"><${Columns} columns=${template.file_columns} /><//>
    ${me.data?.may.create && template.issues.length === 0 && html`<${Section} title="Preview"><${Preview} template=${definitionOf(template)} /><//>`}
    <${Section} title="Jobs"><${Jobs} template=${template} /><//>
  <//>`;
}

function Columns({ columns }) {
  return html`<${Chakra.Table.ScrollArea} borderWidth="1px" borderRadius="md">
    <${Chakra.Table.Root} size="sm" aria-label="Columns">
      <${Chakra.Table.Header}><${Chakra.Table.Row}>
        ${["Column", "Holds", "Type", "Unit"].map((heading) => html`<${Chakra.Table.ColumnHeader} key=${heading} scope="col" fontSize="xs">${heading}<//>`)}
      <//><//>
      <${Chakra.Table.Body}>
        ${columns.map(({ column, title, description, type, unit }) => html`<${Chakra.Table.Row} key=${column} verticalAlign="top">
          <${Chakra.Table.Cell} as="th" scope="row" textAlign="start" fontWeight="normal">${column}<//>
          <${Chakra.Table.Cell}>${title}<${Chakra.Text} fontSize="xs" color="fg.muted">${description}<//><//>
          <${Chakra.Table.Cell}>${type}<//>
          <${Chakra.Table.Cell}>${unit}<//>
        <//>`)}
      <//>
    <//>
  <//>`;
}

function Jobs({ template: { jobs, used_by } }) {
  if (used_by === 0) return html`<${Chakra.Text} fontSize="sm" color="fg.muted">No job delivers it yet.<//>`;
  const hidden = used_by - jobs.length;
  return html`<${Chakra.Stack} as="ul" listStyleType="none" gap=${1} fontSize="sm">
    ${jobs.map(({ name, dag_id }) => html`<li key=${dag_id}><${Chakra.Link} asChild><${Router.Link} to=${jobPath(dag_id)}>${name}<//><//></li>`)}
    ${hidden > 0 && html`<${Chakra.Text} as="li" color="fg.muted">and ${plural(hidden, "job")} that you may not see<//>`}
  <//>`;
}

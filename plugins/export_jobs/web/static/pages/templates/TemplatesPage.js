// All templates, for people who create jobs from them.
import { call, part } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { Choice } from "../../components/Choice.js";
import { ConfirmDialog } from "../../components/Dialog.js";
import { EmptyState, PageHeader } from "../../components/layout.js";
import { Problem } from "../../components/Notice.js";
import { Pager } from "../../components/Pager.js";
import { SearchField } from "../../components/SearchField.js";
import { Chakra, Router, html, useState } from "../../host.js";
import { listPath, templatePath } from "../../paths.js";
import { useAnswer } from "../../useAnswer.js";
import { useFilters } from "../../useFilters.js";
import { CreateTemplate } from "./CreateTemplate.js";
import { TemplateTable } from "./TemplateTable.js";

const KINDS = [["", "All"], ["custom", "KPIs"], ["standard", "Rows"], ["dimension", "Tables"]];
const DEFAULTS = { search: "", kind: "", offset: "0" };
const LIMIT = 50;
const TYPING_MS = 250;

export function TemplatesPage() {
  const { filters, change } = useFilters(DEFAULTS);
  const [isCreating, setCreating] = useState(false);
  const [toDelete, setToDelete] = useState(/** @type {Api.TemplateRow | null} */ (null));
  const navigate = Router.useNavigate();
  const may = useAnswer("me").data?.may;
  const { data, error, reload } = useAnswer("templates", { ...filters, limit: LIMIT });
  const remove = async (/** @type {string} */ name) => {
    await call(`templates/${part(name)}`, { method: "DELETE" });
    announce(`Deleted the template ${name}.`);
    reload();
  };
  const create = may?.create && html`<${Chakra.Button} size="sm" colorPalette="brand"
    onClick=${() => setCreating(true)}>
    Create a template<//>`;
  const isFiltered = filters.search !== "" || filters.kind !== "";
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${[["Export Schedules", listPath()]]} title="Templates" actions=${create} />
    <${Chakra.Flex} role="search" wrap="wrap" gap=${3}>
      <${SearchField} label="Search templates" placeholder="Search name, description or column" value=${filters.search}
        delay=${TYPING_MS} onSearch=${(search) => change({ search }, { replace: true })}
        flex=${{ base: "1 1 100%", md: "0 1 20rem" }} />
      <${Choice} label="Kind" value=${filters.kind} options=${KINDS} onChange=${(kind) => change({ kind })} />
    <//>
    ${error && html`<${Problem} error=${error} onRetry=${reload} />`}
    ${data?.total === 0
      ? html`<${EmptyState} title=${isFiltered ? "No template matches" : "No templates yet"} action=${create}>
          A template says what one file contains: rows of a fact, KPIs by dimensions, or a dimension's whole table. Jobs
          rely on their templates, so a template cannot be changed later.
        <//>`
      : html`<${TemplateTable} templates=${data?.templates} onDelete=${may?.delete_templates ? setToDelete : null} />`}
    ${data && html`<${Pager} offset=${Number(filters.offset)} limit=${LIMIT} total=${data.total}
      onMove=${(offset) => change({ offset: String(offset) })} />`}
    ${isCreating && html`<${CreateTemplate} onClose=${() => setCreating(false)}
      onCreated=${(name) => navigate(templatePath(name))} />`}
    ${toDelete && html`<${ConfirmDialog} title=${`Delete the template ${toDelete.name}?`} verb="Delete"
      onConfirm=${() => remove(toDelete.name)} onClose=${() => setToDelete(null)}>
      <${Chakra.Text}>No job uses this template. Files that were delivered from it are kept.<//>
    <//>`}
  <//>`;
}

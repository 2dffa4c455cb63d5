// What one file may hold: all templates, for whoever makes jobs from them.
import { call, part, useAnswer } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { Choice } from "../../components/Choice.js";
import { ConfirmDialog } from "../../components/ConfirmDialog.js";
import { EmptyState } from "../../components/EmptyState.js";
import { PageHeader } from "../../components/PageHeader.js";
import { Pager } from "../../components/Pager.js";
import { Problem } from "../../components/Problem.js";
import { Icon } from "../../components/icons.js";
import { useDebounced } from "../../components/useDebounced.js";
import { Chakra, Router, html, useEffect, useState } from "../../host.js";
import { listPath, templatePath } from "../../paths.js";
import { CreateTemplate } from "./CreateTemplate.js";
import { TemplateTable } from "./TemplateTable.js";

const KINDS = [["", "All"], ["custom", "KPIs"], ["standard", "Rows"], ["dimension", "Tables"]];
const LIMIT = 50;

export function TemplatesPage() {
  const [params, setParams] = Router.useSearchParams();
  const filters = { search: params.get("search") ?? "", kind: params.get("kind") ?? "", offset: params.get("offset") ?? "0" };
  const [text, setText] = useState(filters.search);
  const [isCreating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState(null);
  const search = useDebounced(text, 250);
  const navigate = Router.useNavigate();
  const me = useAnswer("me");
  const { data, error, reload } = useAnswer("templates", { ...filters, limit: LIMIT });
  const change = (changes, options) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      for (const [name, value] of Object.entries({ offset: "", ...changes })) value ? next.set(name, value) : next.delete(name);
      return next;
    }, options);
  useEffect(() => {
    if (search !== filters.search) change({ search }, { replace: true });
  }, [search]);
  const remove = async () => {
    await call(`templates/${part(doomed.name)}`, { method: "DELETE" });
    announce(`Deleted the template ${doomed.name}.`);
    reload();
  };
  const create = me.data?.may.create && html`<${Chakra.Button} size="sm" colorPalette="brand" onClick=${() => setCreating(true)}>Create a template<//>`;
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${[["Export Schedules", listPath()]]} title="Templates" actions=${create} />
    <${Chakra.Flex} role="search" wrap="wrap" gap=${3}>
      <${Chakra.InputGroup} startElement=${html`<${Icon} name="search" />`} flex=${{ base: "1 1 100%", md: "0 1 20rem" }}>
        <${Chakra.Input} size="sm" type="search" value=${text} maxLength=${200} aria-label="Search templates"
          placeholder="Search name, description or column" onChange=${(event) => setText(event.target.value)} />
      <//>
      <${Choice} label="Kind" value=${filters.kind} options=${KINDS} onChange=${(kind) => change({ kind })} />
    <//>
    ${error && html`<${Problem} error=${error} onRetry=${reload} />`}
    ${data?.total === 0
      ? html`<${EmptyState} title=${filters.search || filters.kind ? "No template matches" : "No templates yet"} action=${create}>
          A template says what one file holds: rows of a fact, KPIs by dimensions, or a dimension's whole table. Jobs are made from
          templates, so a template is never changed once it is there.
        <//>`
      : html`<${TemplateTable} templates=${data?.templates} onDelete=${me.data?.may.delete_templates ? setDoomed : null} />`}
    ${data && html`<${Pager} offset=${Number(filters.offset)} limit=${LIMIT} total=${data.total} onMove=${(offset) => change({ offset: String(offset) })} />`}
    ${isCreating && html`<${CreateTemplate} onClose=${() => setCreating(false)} onCreated=${(name) => navigate(templatePath(name))} />`}
    ${doomed && html`<${ConfirmDialog} title=${`Delete the template ${doomed.name}?`} verb="Delete" onConfirm=${remove} onClose=${() => setDoomed(null)}>
      No job uses it. Files that were delivered from it stay where they are.
    <//>`}
  <//>`;
}

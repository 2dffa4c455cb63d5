// Step 3: each file as this job wants it, how files are written, the windows to come, and all of it once more in short.
import { CalendarPicture } from "../../components/CalendarPicture.js";
import { Section } from "../../components/Section.js";
import { UseEditor } from "../../components/use/UseEditor.js";
import { Preview } from "../../components/template/Preview.js";
import { definitionOf } from "../../components/template/offers.js";
import { Chakra, html, useState } from "../../host.js";
import { FileFields } from "./FileFields.js";
import { Summary } from "./Summary.js";
import { isError, issuesAt, issuesBelow } from "./steps.js";

export function ModifyStep({ draft, change, check, templates, catalogue }) {
  const known = new Map([...templates, ...draft.new_templates].map((template) => [template.name, template]));
  const put = (index, use) =>
    change(({ templates: uses }) => ({ templates: uses.map((one, place) => (place === index ? use : one)) }));
  return html`<${Chakra.Stack} gap=${4}>
    ${draft.templates.map(
      (use, index) => html`<${OneFile} key=${use.template} use=${use} template=${known.get(use.template)} draft=${draft}
        catalogue=${catalogue} issues=${issuesBelow(check.issues, `templates[${index}]`)} isAlone=${draft.templates.length === 1}
        onChange=${(changed) => put(index, changed)} />`,
    )}
    <${FileFields} file=${draft.file} issues=${issuesAt(check.issues, "file")} onChange=${(file) => change({ file })} />
    <${Section} title="Deliveries to come">
      <${CalendarPicture} windows=${check.windows} count=${check.count} zone=${draft.schedule.time_zone} />
    <//>
    <${Summary} draft=${draft} check=${check} />
  <//>`;
}

function OneFile({ use, template, draft, catalogue, issues, isAlone, onChange }) {
  const [isOpen, setOpen] = useState(isAlone);
  const [isPreviewed, setPreviewed] = useState(false);
  const wrong = issues.filter(isError).length;
  const toggle = html`<${Chakra.Button} size="xs" variant="outline" aria-expanded=${isOpen} aria-label=${`Adjust ${use.template}`}
    onClick=${() => setOpen(!isOpen)}>${isOpen ? "Close" : "Adjust"}<//>`;
  if (!template) return html`<${Section} title=${use.template}>This template is no longer there. Go back and choose another.<//>`;
  return html`<${Section} title=${use.template} action=${toggle}>
    ${!isOpen && html`<${Chakra.Text} fontSize="sm" color=${wrong ? "red.fg" : "fg.muted"}>${wrong ? issues.map(({ what }) => `${what}.`).join(" ") : told(use)}<//>`}
    ${isOpen && html`<${Chakra.Stack} gap=${4}>
      <${UseEditor} use=${use} template=${template} fileColumns=${template.file_columns ?? null} catalogue=${catalogue} issues=${issues} onChange=${onChange} />
      <${Chakra.Box}>
        <${Chakra.Button} size="xs" variant="outline" aria-expanded=${isPreviewed} onClick=${() => setPreviewed(!isPreviewed)}>
          ${isPreviewed ? "Hide preview" : "Preview this file"}<//>
      <//>
      ${isPreviewed && html`<${Preview} template=${definitionOf(template)} use=${use} schedule=${draft.schedule} file=${draft.file} />`}
    <//>`}
  <//>`;
}

// What of a template was changed, in short.
export function told(use) {
  const parts = [
    use.columns?.length ? `${use.columns.length} columns chosen` : "all columns, as they are",
    use.filters?.length && `${use.filters.length} ${use.filters.length === 1 ? "filter" : "filters"}`,
    use.audience?.length && `${use.audience.length} ${use.audience.length === 1 ? "customer" : "customers"} only`,
    use.date_basis === "updated" && "by the time of the last change",
    use.subfolder && `in the sub-folder ${use.subfolder}`,
  ];
  const text = parts.filter(Boolean).join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

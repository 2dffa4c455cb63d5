// The fields of a job that may be changed, each with what the server says of it.
import { Field } from "../../components/Field.js";
import { Problem } from "../../components/Problem.js";
import { Chakra, html } from "../../host.js";
import { RecipientsField } from "../create/RecipientsField.js";
import { ScheduleFields } from "../create/ScheduleFields.js";
import { issuesAt } from "../create/steps.js";
import { ChangePreview, scheduleSaid } from "./ChangePreview.js";

const PLACED = /^(description|owner|recipients|enabled|schedule)\b/;

function Enabled({ value, onChange }) {
  return html`<${Chakra.Switch.Root} checked=${value} onCheckedChange=${({ checked }) => onChange(checked)}>
    <${Chakra.Switch.HiddenInput} /><${Chakra.Switch.Control} />
    <${Chakra.Switch.Label}>${value ? "Delivers by its schedule" : "Paused: delivers nothing"}<//>
  <//>`;
}

function Schedule({ job, schedule, check, isFresh, onChange }) {
  const zone = schedule.time_zone;
  return html`
    <${ScheduleFields} schedule=${schedule} onChange=${onChange} check=${scheduleSaid(job, zone, check, isFresh)} />
    <${ChangePreview} check=${check} isStale=${!isFresh} before=${job.time_zone} after=${zone} />`;
}

export function EditFields({ job, draft, check, isFresh, first, put }) {
  const may = (name) => job.editable.some((path) => path === name || path.startsWith(`${name}.`));
  const at = (name) => issuesAt(check.issues, name);
  const typed = (name) => (event) => put(name)(event.target.value);
  const elsewhere = check.issues.filter((issue) => !PLACED.test(issue.path));
  return html`
    <${Field} label="Description" issues=${at("description")}>
      <${Chakra.Textarea} ref=${first} size="sm" rows=${2} autoresize value=${draft.description} onChange=${typed("description")} />
    <//>
    ${may("owner") && html`<${Field} label="Owner" required issues=${at("owner")} hint="Gets a mail when a delivery fails">
      <${Chakra.Input} size="sm" value=${draft.owner} onChange=${typed("owner")} />
    <//>`}
    ${may("recipients") && html`<${RecipientsField} value=${draft.recipients} issues=${at("recipients")} onChange=${put("recipients")} />`}
    ${may("enabled") && html`<${Enabled} value=${draft.enabled} onChange=${put("enabled")} />`}
    ${may("schedule") && html`<${Schedule} job=${job} schedule=${draft.schedule} check=${check} isFresh=${isFresh} onChange=${put("schedule")} />`}
    ${elsewhere.length > 0 && html`<${Problem} error=${{ issues: elsewhere }} />`}`;
}

// The fields of a job that can be changed, each with its issues.
import { Field } from "../../components/Field.js";
import { Problem } from "../../components/Notice.js";
import { time } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { RecipientsField } from "../../components/RecipientsField.js";
import { ScheduleFields } from "../create/ScheduleFields.js";
import { changesSchedule, scheduleSummary } from "./editing.js";

// The effect of a change of the schedule: the next windows without it and with it.
/** @param {Props.NextWindows} props */
function NextWindows({ title, windows, zone }) {
  return html`<${Chakra.Box} minW=${0}>
    <${Chakra.Text} fontSize="sm" fontWeight="medium" pb=${1}>${title}<//>
    ${windows.length === 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">No more windows<//>`}
    <${Chakra.Stack} as="ol" listStyleType="none" gap=${1} fontSize="sm">
      ${windows.map(({ days, due }) => html`<li key=${due}>
        ${days} <${Chakra.Text} as="span" color="fg.muted">→ ${time(due, zone)}<//>
      </li>`)}
    <//>
  <//>`;
}

/** @param {Props.ChangePreview} props */
function ChangePreview({ check, isStale, before, after }) {
  if (!changesSchedule(check)) return null;
  return html`<${Chakra.Box} as="section" aria-label="Effect of the change" borderWidth="1px" borderRadius="md" p=${4}
    opacity=${isStale ? 0.6 : 1}>
    <${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2 }} gap=${4}>
      <${NextWindows} title="Next windows without the change" windows=${check.windows_before} zone=${before} />
      <${NextWindows} title="Next windows after the change" windows=${check.windows_after} zone=${after} />
    <//>
    <${Chakra.Text} fontSize="xs" color="fg.muted" pt=${3}>
      The new schedule takes over where the last window ended: no day is left out, none is exported twice.
    <//>
  <//>`;
}

const WITH_FIELD = /^(description|owner|recipients|enabled|schedule)\b/;

/** @param {Props.EnabledSwitch} props */
function EnabledSwitch({ value, onChange }) {
  return html`<${Chakra.Switch.Root} checked=${value} onCheckedChange=${({ checked }) => onChange(checked)}>
    <${Chakra.Switch.HiddenInput} /><${Chakra.Switch.Control} />
    <${Chakra.Switch.Label}>${value ? "Delivers by its schedule" : "Paused: delivers nothing"}<//>
  <//>`;
}

/** @param {Props.EditFields} props */
export function EditFields({ job, draft, check, isFresh, firstField, put }) {
  const { schedule } = draft;
  const zone = schedule.time_zone;
  const isEditable = (/** @type {string} */ name) =>
    job.editable.some((path) => path === name || path.startsWith(`${name}.`));
  const at = (/** @type {string} */ name) => issuesAt(check.issues, name);
  const others = check.issues.filter((issue) => !WITH_FIELD.test(issue.path));
  return html`
    <${Field} label="Description" issues=${at("description")}>
      <${Chakra.Textarea} ref=${firstField} size="sm" rows=${2} autoresize value=${draft.description}
        onChange=${(event) => put("description", event.target.value)} />
    <//>
    ${isEditable("owner") && html`<${Field} label="Owner" required issues=${at("owner")}
      hint="Gets a mail when a delivery fails.">
      <${Chakra.Input} size="sm" value=${draft.owner} onChange=${(event) => put("owner", event.target.value)} />
    <//>`}
    ${isEditable("recipients") && html`<${RecipientsField} value=${draft.recipients} issues=${at("recipients")}
      onChange=${(recipients) => put("recipients", recipients)} />`}
    ${isEditable("enabled") && html`<${EnabledSwitch} value=${draft.enabled}
      onChange=${(enabled) => put("enabled", enabled)} />`}
    ${isEditable("schedule") && html`
      <${ScheduleFields} schedule=${schedule} check=${scheduleSummary(job, zone, check, isFresh)}
        onChange=${(changed) => put("schedule", changed)} />
      <${ChangePreview} check=${check} isStale=${!isFresh} before=${job.time_zone} after=${zone} />`}
    ${others.length > 0 && html`<${Problem} error=${{ issues: others }} />`}`;
}

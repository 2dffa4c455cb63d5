// Change what may change of a job. The next windows before and after are seen before anything is saved.
import { call } from "../../api.js";
import { useAnnounce } from "../../components/Announcer.js";
import { Field } from "../../components/Field.js";
import { Problem } from "../../components/Problem.js";
import { Chakra, html, useRef, useState } from "../../host.js";
import { RecipientsField } from "../create/RecipientsField.js";
import { ScheduleFields } from "../create/ScheduleFields.js";
import { issuesAt } from "../create/steps.js";
import { ChangePreview, scheduleSaid } from "./ChangePreview.js";
import { changesOf, draftOf, rebased } from "./editing.js";
import { useChangeCheck } from "./useChangeCheck.js";

const CHANGED_BY_OTHERS = 409;
const PLACED = /^(description|owner|recipients|enabled|schedule)\b/;

export function EditDialog({ about: { job: newest, path, reload }, onClose }) {
  const [job, setJob] = useState(newest); // what the person saw when they began; a change elsewhere must not slip under it
  const [draft, setDraft] = useState(() => draftOf(newest));
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState(null);
  const announce = useAnnounce();
  const first = useRef(null);
  const may = (name) => job.editable.some((path_) => path_ === name || path_.startsWith(`${name}.`));
  const body = changesOf(job, draft);
  const { check, isFresh, error } = useChangeCheck(path, body);
  const issues = failure?.status === 422 ? failure.issues : check.issues;
  const put = (name) => (value) => {
    setFailure(null);
    setDraft((before) => ({ ...before, [name]: value }));
  };
  const hasErrors = check.issues.some((issue) => issue.level !== "warning");
  const isStale = failure?.status === CHANGED_BY_OTHERS;
  const isSame = Object.keys(body).length === 0;
  const elsewhere = issues.filter((issue) => !PLACED.test(issue.path));

  const save = async () => {
    setBusy(true);
    try {
      await call(path, { method: "PATCH", body, version: job.version });
      announce(`Saved ${job.name}.`);
      reload();
      onClose();
    } catch (refusal) {
      setFailure(refusal);
      setBusy(false);
    }
  };
  const loadNewest = async () => {
    try {
      const now = await call(path);
      setDraft(rebased(now, body));
      setJob(now);
      setFailure(null);
      reload();
    } catch (refusal) {
      setFailure(refusal);
    }
  };

  return html`<${Chakra.Dialog.Root} open size="xl" scrollBehavior="inside" closeOnInteractOutside=${false}
    initialFocusEl=${() => first.current} onOpenChange=${({ open }) => !open && !isBusy && onClose()}>
    <${Chakra.Portal}>
      <${Chakra.Dialog.Backdrop} />
      <${Chakra.Dialog.Positioner}>
        <${Chakra.Dialog.Content}>
          <${Chakra.Dialog.Header}><${Chakra.Dialog.Title}>Edit ${job.name}<//><//>
          <${Chakra.Dialog.Body}>
            <${Chakra.Stack} gap=${4}>
              <${Field} label="Description" issues=${issuesAt(issues, "description")}>
                <${Chakra.Textarea} ref=${first} size="sm" rows=${2} autoresize value=${draft.description}
                  onChange=${(event) => put("description")(event.target.value)} />
              <//>
              ${may("owner") && html`<${Field} label="Owner" required issues=${issuesAt(issues, "owner")} hint="Gets a mail when a delivery fails">
                <${Chakra.Input} size="sm" value=${draft.owner} onChange=${(event) => put("owner")(event.target.value)} /><//>`}
              ${may("recipients") && html`<${RecipientsField} value=${draft.recipients} issues=${issuesAt(issues, "recipients")} onChange=${put("recipients")} />`}
              ${may("enabled") && html`<${Chakra.Switch.Root} checked=${draft.enabled} onCheckedChange=${({ checked }) => put("enabled")(checked)}>
                <${Chakra.Switch.HiddenInput} /><${Chakra.Switch.Control} />
                <${Chakra.Switch.Label}>${draft.enabled ? "Delivers by its schedule" : "Paused: delivers nothing"}<//>
              <//>`}
              ${may("schedule") && html`<${ScheduleFields} schedule=${draft.schedule} onChange=${put("schedule")}
                check=${scheduleSaid(job, draft.schedule.time_zone, { ...check, issues }, isFresh)} />`}
              ${may("schedule") && html`<${ChangePreview} check=${check} isStale=${!isFresh} before=${job.time_zone} after=${draft.schedule.time_zone} />`}
              ${elsewhere.length > 0 && html`<${Problem} error=${{ issues: elsewhere }} />`}
              ${(error ?? (failure?.status === 422 ? null : failure)) && html`<${Problem} error=${error ?? failure} />`}
            <//>
          <//>
          <${Chakra.Dialog.Footer}>
            ${isStale && html`<${Chakra.Button} variant="outline" onClick=${loadNewest}>Load it again, keep what I typed<//>`}
            <${Chakra.Button} variant="outline" disabled=${isBusy} onClick=${onClose}>Cancel<//>
            <${Chakra.Button} colorPalette="brand" loading=${isBusy} disabled=${isSame || isStale || !isFresh || hasErrors} onClick=${save}>Save<//>
          <//>
        <//>
      <//>
    <//>
  <//>`;
}

// Change what may change of a job. The next windows before and after are seen before anything is saved.
import { call } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { Problem } from "../../components/Problem.js";
import { Chakra, html, useRef, useState } from "../../host.js";
import { EditFields } from "./EditFields.js";
import { changesOf, draftOf, rebased } from "./editing.js";
import { useChangeCheck } from "./useChangeCheck.js";

const CHANGED_BY_OTHERS = 409;
const DOES_NOT_HOLD = 422;

export function EditDialog({ about: { job: newest, path, reload }, onClose }) {
  const [job, setJob] = useState(newest); // what the person saw when they began; a change elsewhere must not slip under it
  const [draft, setDraft] = useState(() => draftOf(newest));
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState(null);
  const first = useRef(null);
  const body = changesOf(job, draft);
  const { check, isFresh, error } = useChangeCheck(path, body);
  const isRefused = refusal?.status === DOES_NOT_HOLD;
  const isStale = refusal?.status === CHANGED_BY_OTHERS;
  const told = isRefused ? { ...check, issues: refusal.issues } : check;
  const isReady = Object.keys(body).length > 0 && isFresh && !isStale && !told.issues.some((issue) => issue.level !== "warning");
  const put = (name) => (value) => {
    if (!isStale) setRefusal(null);
    setDraft((before) => ({ ...before, [name]: value }));
  };

  const save = async () => {
    setBusy(true);
    try {
      await call(path, { method: "PATCH", body, version: job.version });
      announce(`Saved ${job.name}.`);
      reload();
      onClose();
    } catch (failure) {
      setRefusal(failure);
      setBusy(false);
    }
  };
  const loadNewest = async () => {
    try {
      const now = await call(path);
      setDraft(rebased(now, body));
      setJob(now);
      setRefusal(null);
      reload();
    } catch (failure) {
      setRefusal(failure);
    }
  };

  const problem = error ?? (isRefused ? null : refusal);
  return html`<${Chakra.Dialog.Root} open size="xl" scrollBehavior="inside" closeOnInteractOutside=${false}
    initialFocusEl=${() => first.current} onOpenChange=${({ open }) => !open && !isBusy && onClose()}>
    <${Chakra.Portal}>
      <${Chakra.Dialog.Backdrop} />
      <${Chakra.Dialog.Positioner}>
        <${Chakra.Dialog.Content}>
          <${Chakra.Dialog.Header}><${Chakra.Dialog.Title}>Edit ${job.name}<//><//>
          <${Chakra.Dialog.Body}>
            <${Chakra.Stack} gap=${4}>
              <${EditFields} job=${job} draft=${draft} check=${told} isFresh=${isFresh} first=${first} put=${put} />
              ${problem && html`<${Problem} error=${problem} />`}
            <//>
          <//>
          <${Chakra.Dialog.Footer}>
            ${isStale && html`<${Chakra.Button} variant="outline" onClick=${loadNewest}>Load it again, keep what I typed<//>`}
            <${Chakra.Button} variant="outline" disabled=${isBusy} onClick=${onClose}>Cancel<//>
            <${Chakra.Button} colorPalette="brand" loading=${isBusy} disabled=${!isReady} onClick=${save}>Save<//>
          <//>
        <//>
      <//>
    <//>
  <//>`;
}

// Edits a job. The next windows before and after the change are shown before it is saved.
import { ApiError, call } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { Dialog } from "../../components/Dialog.js";
import { Notice, Problem } from "../../components/Notice.js";
import { useAction } from "../../components/useAction.js";
import { Chakra, html, useEffect, useRef, useState } from "../../host.js";
import { isError } from "../../issues.js";
import { EditFields } from "./EditFields.js";
import { changesOf, editDraftOf, rebase, storeChanges, storedChanges } from "./editing.js";

// The server's check of the change, shortly after each keystroke.
const TYPING_MS = 350;
/** @type {Api.ChangeCheck} */
const NOTHING = { issues: [], changes: [], windows_before: [], windows_after: [] };

/** @param {Page.JobPath} path @param {object} body */
function useChangeCheck(path, body) {
  const json = JSON.stringify(body);
  const [answer, setAnswer] = useState({ json: "{}", check: NOTHING });
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  useEffect(() => {
    setError(null);
    if (json === "{}") {
      setAnswer({ json, check: NOTHING });
      return undefined;
    }
    const control = new AbortController();
    const request = { method: /** @type {const} */ ("PATCH"), query: { dry_run: true }, signal: control.signal };
    const timer = setTimeout(async () => {
      try {
        const check = await call(path, { ...request, body: JSON.parse(json) });
        setAnswer({ json, check: /** @type {Api.ChangeCheck} */ (check) });
      } catch (failure) {
        if (failure.name !== "AbortError") setError(failure);
      }
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [path, json]);
  return { check: answer.check, isFresh: answer.json === json, error };
}

const CONFLICT = 409;
const INVALID = 422;

/** @param {Props.JobDialog} props */
export function EditDialog({ view: { job: newest, path, reload }, onClose }) {
  const [job, setJob] = useState(newest); // as it was when the dialog opened, to detect changes by others
  const [restored] = useState(() => storedChanges(newest.dag_id));
  const [draft, setDraft] = useState(() => (restored ? rebase(newest, restored) : editDraftOf(newest)));
  const firstField = useRef(null);
  const body = changesOf(job, draft);
  const kept = JSON.stringify(body);
  useEffect(() => storeChanges(newest.dag_id, JSON.parse(kept)), [newest.dag_id, kept]);
  const leave = () => {
    storeChanges(newest.dag_id, {});
    onClose();
  };
  const { check, isFresh, error: checkError } = useChangeCheck(path, body);
  const { isBusy, error, run: save, clear } = useAction(async () => {
    await call(path, { method: "PATCH", body, version: job.version });
    announce(`Saved ${job.name}.`);
    reload();
    leave();
  });
  const status = error instanceof ApiError ? error.status : null;
  const isStale = status === CONFLICT;
  const shown = status === INVALID ? { ...check, issues: /** @type {ApiError} */ (error).issues } : check;
  const isReady = Object.keys(body).length > 0 && isFresh && !isStale && !shown.issues.some(isError);
  const put = (/** @type {keyof Page.EditDraft} */ name, /** @type {unknown} */ value) => {
    if (!isStale) clear();
    setDraft((before) => ({ ...before, [name]: value }));
  };
  const { error: loadError, run: loadNewest } = useAction(async () => {
    const now = /** @type {Page.Job} */ (await call(path));
    setDraft(rebase(now, body));
    setJob(now);
    clear();
    reload();
  });

  const problem = checkError ?? loadError ?? (status === INVALID ? null : error);
  const footer = html`
    ${isStale && html`<${Chakra.Button} variant="outline" onClick=${loadNewest}>Reload and keep my changes<//>`}
    <${Chakra.Button} variant="outline" disabled=${isBusy} onClick=${leave}>Cancel<//>
    <${Chakra.Button} colorPalette="brand" loading=${isBusy} disabled=${!isReady} onClick=${save}>Save<//>`;
  return html`<${Dialog} size="xl" closeOnInteractOutside=${false} initialFocusEl=${() => firstField.current}
    title=${`Edit ${job.name}`} footer=${footer} isBusy=${isBusy} onClose=${leave}>
    ${restored && html`<${Notice} status="info" size="sm">Your changes were restored. They are not saved yet.<//>`}
    <${EditFields} job=${job} draft=${draft} check=${shown} isFresh=${isFresh} firstField=${firstField} put=${put} />
    ${problem && html`<${Problem} error=${problem} />`}
  <//>`;
}

// The unfinished job. It is kept in the browser's session storage, so that Back, leaving the page and a reload lose
// nothing. `from` is the Dag of the job that it is a copy of.
import { call, part } from "../../api.js";
import { useCallback, useEffect, useState } from "../../host.js";
import { blankDraft } from "./draft.js";

const KEY = "export-jobs:draft";
const discard = () => sessionStorage.removeItem(KEY);

/** @param {string | null} from @returns {Page.Draft | null} */
function storedDraft(from) {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return stored?.from === from ? stored.draft : null;
  } catch {
    return null; // something else wrote there
  }
}

/** @param {string | null} from */
export function useDraft(from) {
  const [draft, setDraft] = useState(() => storedDraft(from) ?? (from ? null : blankDraft()));
  const [isRestored, setRestored] = useState(() => storedDraft(from) !== null);
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const startOver = useCallback(async () => {
    setRestored(false);
    setError(null);
    discard();
    if (!from) {
      setDraft(blankDraft());
      return;
    }
    try {
      const copy = await call(`jobs/${part(from)}/duplicate`);
      setDraft(/** @type {Page.Draft} */ ({ ...copy, new_templates: [] }));
    } catch (failure) {
      setError(failure);
    }
  }, [from]);
  useEffect(() => {
    if (draft === null) startOver();
  }, [draft, startOver]);
  const change = useCallback(
    (/** @type {Page.DraftChange} */ changes) =>
      setDraft((before) => {
        if (before === null) return null;
        const after = { ...before, ...(typeof changes === "function" ? changes(before) : changes) };
        sessionStorage.setItem(KEY, JSON.stringify({ from, draft: after }));
        return after;
      }),
    [from],
  );
  return { draft, change, startOver, discard, isRestored, error };
}

// The unfinished job, restored if there is one. `from` is the Dag of the job that it is a copy of.
import { call, part } from "../../api.js";
import { useCallback, useEffect, useState } from "../../host.js";
import { blankDraft, draftOf } from "./draft.js";
import { discardDraft, storeDraft, storedDraft } from "./drafts.js";

/** @param {string | null} from */
export function useDraft(from) {
  const [draft, setDraft] = useState(() => storedDraft(from) ?? (from ? null : blankDraft()));
  const [isRestored, setRestored] = useState(() => storedDraft(from) !== null);
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const discard = useCallback(() => discardDraft(from), [from]);
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
      setDraft(draftOf(copy));
    } catch (failure) {
      setError(failure);
    }
  }, [from, discard]);
  useEffect(() => {
    if (draft === null) startOver();
  }, [draft, startOver]);
  const change = useCallback(
    (/** @type {Page.DraftChange} */ changes) =>
      setDraft((before) => {
        if (before === null) return null;
        const after = { ...before, ...(typeof changes === "function" ? changes(before) : changes) };
        storeDraft(from, after);
        return after;
      }),
    [from],
  );
  return { draft, change, startOver, discard, isRestored, error };
}

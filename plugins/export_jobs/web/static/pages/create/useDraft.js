// The unfinished job. It is kept in the browser's session storage, so that going back, leaving the page or a reload loses
// nothing; `from` names the Dag of the job that it began as a copy of.
import { call, part } from "../../api.js";
import { useCallback, useEffect, useState } from "../../host.js";
import { blankDraft } from "./blank.js";

const KEY = "export-jobs:draft";

function kept(from) {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY));
    return stored && stored.from === from ? stored.draft : null;
  } catch {
    return null; // something else wrote there
  }
}

export function useDraft(from) {
  const [draft, setDraft] = useState(() => kept(from) ?? (from ? null : blankDraft()));
  const [wasKept, setWasKept] = useState(() => kept(from) !== null);
  const [error, setError] = useState(null);
  const begin = useCallback(async () => {
    setWasKept(false);
    setError(null);
    sessionStorage.removeItem(KEY);
    if (!from) return setDraft(blankDraft());
    try {
      const copy = await call(`jobs/${part(from)}/duplicate`);
      setDraft({ ...copy, new_templates: [] });
    } catch (failure) {
      setError(failure);
    }
    return undefined;
  }, [from]);
  useEffect(() => {
    if (draft === null) begin();
  }, [begin]);
  const change = useCallback(
    (changes) =>
      setDraft((before) => {
        const after = { ...before, ...(typeof changes === "function" ? changes(before) : changes) };
        sessionStorage.setItem(KEY, JSON.stringify({ from, draft: after }));
        return after;
      }),
    [from],
  );
  const forget = useCallback(() => sessionStorage.removeItem(KEY), []);
  return { draft, change, begin, forget, wasKept, error };
}

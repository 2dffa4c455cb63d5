// The server's check of the draft, shortly after each change. The page itself validates nothing.
import { call } from "../../api.js";
import { useCallback, useEffect, useMemo, useRef, useState } from "../../host.js";
import { bodyOf } from "./draft.js";

const TYPING_MS = 350;
/** @type {Api.DraftCheck} */
const NOTHING = {
  issues: [], windows: [], schedule_text: "", first_delivery: "", count: 0, file_names: [],
  at_once: 0, at_once_days: "",
};

/** @param {Page.Draft | null} draft */
export function useCheck(draft) {
  const body = useMemo(() => (draft ? JSON.stringify(bodyOf(draft)) : null), [draft]);
  const [answer, setAnswer] = useState({ body: /** @type {string | null} */ (null), check: NOTHING });
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const newest = useRef(body);
  newest.current = body;

  // Resolves with the answer for the current draft; rejects if the server does not answer.
  const ask = useCallback(async () => {
    const current = newest.current;
    try {
      const check = await call("jobs/check", { method: "POST", body: JSON.parse(current ?? "{}") });
      if (newest.current === current) setAnswer({ body: current, check });
      setError(null);
      return check;
    } catch (failure) {
      setError(failure);
      throw failure;
    }
  }, []);

  useEffect(() => {
    if (body === null || body === answer.body) return undefined;
    const timer = setTimeout(() => ask().catch(() => {}), TYPING_MS);
    return () => clearTimeout(timer);
  }, [body, answer.body, ask]);
  return { check: answer.check, ask, error };
}

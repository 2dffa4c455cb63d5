// What the server says of the draft, asked again a moment after each change; the page itself judges nothing.
import { call } from "../../api.js";
import { useCallback, useEffect, useMemo, useRef, useState } from "../../host.js";
import { bodyOf } from "./blank.js";

const TYPING_MS = 350;
const NOTHING = { issues: [], windows: [], schedule_text: "", first_delivery: "", count: 0 };

export function useCheck(draft) {
  const body = useMemo(() => (draft ? JSON.stringify(bodyOf(draft)) : null), [draft]);
  const [answer, setAnswer] = useState({ body: null, check: NOTHING });
  const [error, setError] = useState(null);
  const newest = useRef(body);
  newest.current = body;

  // Resolves with the answer to the draft as it is now; rejects when the server does not answer.
  const ask = useCallback(async () => {
    const asked = newest.current;
    try {
      const check = await call("jobs/check", { method: "POST", body: JSON.parse(asked) });
      if (newest.current === asked) setAnswer({ body: asked, check });
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
  return { check: answer.check, isFresh: answer.body === body, ask, error };
}

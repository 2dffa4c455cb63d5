// What the server says of a change before it is saved, asked again a moment after each key.
import { call } from "../../api.js";
import { useEffect, useState } from "../../host.js";

const TYPING_MS = 350;
const NOTHING = { issues: [], changes: [], windows_before: [], windows_after: [] };

export function useChangeCheck(path, body) {
  const key = JSON.stringify(body);
  const [answer, setAnswer] = useState({ key: "{}", check: NOTHING });
  const [error, setError] = useState(null);
  useEffect(() => {
    setError(null);
    if (key === "{}") {
      setAnswer({ key, check: NOTHING });
      return undefined;
    }
    const control = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const check = await call(path, { method: "PATCH", query: { dry_run: true }, body: JSON.parse(key), signal: control.signal });
        setAnswer({ key, check });
      } catch (failure) {
        if (failure.name !== "AbortError") setError(failure);
      }
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [path, key]);
  return { check: answer.check, isFresh: answer.key === key, error };
}

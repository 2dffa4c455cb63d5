// A value that follows another one with a delay, so that not every keystroke starts a request.
import { useEffect, useMemo, useState } from "../host.js";

/** @template T @param {T} value JSON @param {number} [ms] @returns {T} */
export function useDebounced(value, ms = 400) {
  const json = JSON.stringify(value);
  const [settled, setSettled] = useState(json);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(json), ms);
    return () => clearTimeout(timer);
  }, [json, ms]);
  return useMemo(() => JSON.parse(settled), [settled]);
}

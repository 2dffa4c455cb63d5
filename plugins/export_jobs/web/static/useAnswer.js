// The answer of a GET. It stays while it is requested again, so that the page does not jump.
import { get, keyOf, lastAnswer, remember } from "./api.js";
import { useCallback, useEffect, useRef, useState } from "./host.js";

// Milliseconds between two requests. Idle data is requested too, because somebody else may change it.
export const BUSY_MS = 3000;
export const IDLE_MS = 30000;

// `pace` returns after how many milliseconds to request again, or null. Nothing is requested while the browser's tab is
// hidden, or without a path.
/**
 * @template {string} P
 * @param {P | null} path
 * @param {Page.Query} [query]
 * @param {(answer: Api.Answer<P>) => number | null} [pace]
 * @returns {Page.Loaded<Api.Answer<P>>}
 */
export function useAnswer(path, query, pace) {
  const key = keyOf(path, query);
  const [state, setState] = useState(() => ({ data: lastAnswer(key), error: null, seenAt: "" }));
  const running = useRef(/** @type {AbortController | null} */ (null));
  const reload = useCallback(async () => {
    const [target, parameters] = JSON.parse(key);
    if (target === null) return;
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    try {
      const data = await get(target, parameters, control.signal);
      if (control.signal.aborted) return;
      remember(key, data);
      const seenAt = new Date().toISOString();
      setState((before) => (before.data === data && !before.error ? before : { data, error: null, seenAt }));
    } catch (error) {
      if (error.name !== "AbortError") setState((before) => ({ ...before, error }));
    }
    if (running.current === control) running.current = null;
  }, [key]);
  useEffect(() => {
    reload();
    return () => running.current?.abort();
  }, [reload]);
  const every = state.data && pace ? pace(state.data) : null;
  useEffect(() => {
    if (!every) return undefined;
    const isDue = () => document.visibilityState === "visible" && !running.current;
    const timer = setInterval(() => isDue() && reload(), every);
    return () => clearInterval(timer);
  }, [every, reload]);
  return { ...state, reload };
}

// The one door to the API: JSON in, JSON out, every refusal an ApiError with the issues as the server words them.
import { useCallback, useEffect, useRef, useState } from "./host.js";

export class ApiError extends Error {
  constructor(status, issues) {
    super(issues.map((issue) => `${capital(issue.what)}. ${issue.remedy}.`).join(" "));
    this.status = status;
    this.issues = issues;
  }
}

// Airflow may be deployed below a path; the page's base address knows it.
const address = (path) => new URL(`export-jobs/api/${path}`, document.baseURI);

export async function call(path, { method = "GET", query, body, version, signal } = {}) {
  const url = address(path);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  const headers = { Accept: "application/json" };
  if (method !== "GET") {
    headers["Content-Type"] = "application/json";
    known.clear();
  }
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  let response;
  try {
    const sent = method === "GET" ? undefined : JSON.stringify(body ?? {});
    response = await fetch(url, { method, headers, signal, body: sent, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, [{ path: "", what: "Airflow does not answer", remedy: "Check the connection, then try again" }]);
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  if (response.status === 401) window.location.reload(); // Airflow then asks for the login and comes back
  throw new ApiError(response.status, await issuesOf(response));
}

// Answers that were asked for before the page was there to take them; each is given away once, and soon or not at all.
const early = new Map();
const EARLY_MS = 5000;
const keyOf = (path, query) => JSON.stringify([path, query ?? null]);

export function askEarly(path, query) {
  const key = keyOf(path, query);
  const answer = call(path, { query });
  answer.then((data) => remember(key, data)).catch(() => {}); // whoever takes it hears of it
  early.set(key, answer);
  setTimeout(() => early.delete(key), EARLY_MS);
}

function answerOf(path, query, signal) {
  const key = keyOf(path, query);
  const answer = early.get(key);
  early.delete(key);
  return answer ?? call(path, { query, signal });
}

// The last answers: Airflow begins the page anew at every change of its path, and whoever comes back sees at once what
// they left. It is asked for again right away, and forgotten when anything is written.
const known = new Map();
const MOST_KNOWN = 40;

function remember(key, data) {
  known.delete(key);
  known.set(key, data);
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
}

export const part = (text) => encodeURIComponent(text);

// The answer of a GET, kept while it is asked for again, so that nothing jumps. `pace` tells from the answer after how
// many milliseconds to ask again, or null; nobody asks while the browser's tab is hidden. Without a path: nothing.
export function useAnswer(path, query, pace = () => null) {
  const key = keyOf(path, query);
  const [state, setState] = useState(() => ({ data: known.get(key) ?? null, error: null }));
  const running = useRef(null);
  const reload = useCallback(async () => {
    if (path === null) return;
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    try {
      const data = await answerOf(path, query, control.signal);
      if (control.signal.aborted) return;
      remember(key, data);
      setState((before) => (before.data === data && !before.error ? before : { data, error: null }));
    } catch (error) {
      if (error.name !== "AbortError") setState((before) => ({ ...before, error }));
    }
    if (running.current === control) running.current = null;
  }, [key]);
  useEffect(() => {
    reload();
    return () => running.current?.abort();
  }, [reload]);
  const every = state.data ? pace(state.data) : null;
  useEffect(() => {
    if (!every) return undefined;
    const isDue = () => document.visibilityState === "visible" && !running.current;
    const timer = setInterval(() => isDue() && reload(), every);
    return () => clearInterval(timer);
  }, [every, reload]);
  return { ...state, reload };
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

async function issuesOf(response) {
  try {
    const { errors } = await response.json();
    if (Array.isArray(errors) && errors.length > 0) return errors;
  } catch {
    // no JSON: a proxy answered
  }
  const remedy = "Try again; if it goes on, ask whoever runs this Airflow";
  return [{ path: "", what: `Airflow answered with ${response.status}`, remedy }];
}

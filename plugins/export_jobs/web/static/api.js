// Calls of the API: JSON in, JSON out; every error is an ApiError with the server's issues.
import { sentence } from "./issues.js";

const NO_ANSWER = { path: "", what: "Airflow does not answer", remedy: "Check the connection, then try again" };

export class ApiError extends Error {
  /** @param {number} status @param {Page.Issue[]} issues */
  constructor(status, issues) {
    super(issues.map(sentence).join(" "));
    this.status = status;
    this.issues = issues;
  }
}

/** @param {string} text */
export const part = (text) => encodeURIComponent(text);

// Airflow may be deployed below a path, which is part of the page's base address. Blank parameters are left out.
/** @param {string} path @param {Page.Query} [query] @param {string} [base] */
export function addressOf(path, query = {}, base = document.baseURI) {
  const url = new URL(`export-jobs/api/${path}`, base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, String(value));
  }
  return url;
}

/** @param {unknown} value */
const isBlank = (value) =>
  value === "" || value === null || value === undefined || (Array.isArray(value) && value.length === 0);

// A body without blank values: the server reports them as missing where they are needed.
/** @template {object} T @param {T} values @returns {Partial<T>} */
export const withoutBlanks = (values) =>
  /** @type {Partial<T>} */ (Object.fromEntries(Object.entries(values).filter(([, value]) => !isBlank(value))));

/**
 * @template {string} P
 * @template {Api.Method} [M="GET"]
 * @param {P} path
 * @param {Page.Request<M>} [request]
 * @returns {Promise<Api.Answer<P, M>>}
 */
export async function call(path, request) {
  const response = await send(path, request);
  return response.status === 204 ? /** @type {any} */ (null) : response.json();
}

// Returns the raw response, for answers that are not JSON. Throws on errors.
/** @param {string} path @param {Page.Request<Api.Method>} [request] */
export async function send(path, { method, query, body, version, signal } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  const isWrite = method !== undefined && method !== "GET";
  if (isWrite) {
    headers["Content-Type"] = "application/json";
    known.clear();
  }
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  let response;
  try {
    const json = isWrite ? JSON.stringify(body ?? {}) : undefined;
    response = await fetch(addressOf(path, query), { method, headers, signal, body: json, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, [NO_ANSWER]);
  }
  if (response.ok) return response;
  if (response.status === 401) window.location.reload(); // Airflow then asks for the login and returns here
  throw new ApiError(response.status, await issuesOf(response));
}

/** @param {Response} response @returns {Promise<Page.Issue[]>} */
async function issuesOf(response) {
  try {
    const { errors } = await response.json();
    if (Array.isArray(errors) && errors.length > 0) return errors;
  } catch {
    // not JSON: a proxy answered
  }
  const remedy = "Try again. If it keeps happening, ask an administrator of Airflow";
  return [{ path: "", what: `Airflow answered with ${response.status}`, remedy }];
}

// Answers that were requested before the page could use them. Each is used at most once, and only for a few seconds.
/** @type {Map<string, Promise<any>>} */
const prefetched = new Map();
const PREFETCH_MS = 5000;

/** @param {string | null} path @param {Page.Query} [query] */
export const keyOf = (path, query) => JSON.stringify([path, query ?? {}]);

/** @param {string} path @param {Page.Query} [query] */
export function prefetch(path, query) {
  const key = keyOf(path, query);
  const answer = call(path, { query });
  answer.then((data) => remember(key, data)).catch(() => {}); // the component that uses it shows the error
  prefetched.set(key, answer);
  setTimeout(() => prefetched.delete(key), PREFETCH_MS);
}

/** @param {string} path @param {Page.Query} query @param {AbortSignal} signal */
export function get(path, query, signal) {
  const key = keyOf(path, query);
  const answer = prefetched.get(key);
  prefetched.delete(key);
  return answer ?? call(path, { query, signal });
}

// The last answers. Airflow restarts the page at every change of its path, and the page then shows them immediately.
// They are requested again right away, and cleared after every write.
/** @type {Map<string, any>} */
const known = new Map();
const MOST_KNOWN = 40;

/** @param {string} key */
export const lastAnswer = (key) => known.get(key) ?? null;

/** @param {string} key @param {unknown} data */
export function remember(key, data) {
  known.delete(key);
  known.set(key, data);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN) known.delete(oldest);
}

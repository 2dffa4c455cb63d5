// The editable part of a job as a form. Only differences are sent.
import { time } from "../../format.js";
import { isError } from "../../issues.js";

/** @param {Page.Job} job @returns {Page.EditDraft} */
export function editDraftOf({ definition, recipients, owner, description }) {
  const { schedule, enabled } = definition;
  const deliver_at = String(schedule?.deliver_at ?? "").slice(0, 5);
  return { description, owner, recipients, enabled, schedule: { ...schedule, deliver_at } };
}

const isSame = (/** @type {unknown} */ one, /** @type {unknown} */ other) =>
  JSON.stringify(one ?? "") === JSON.stringify(other ?? "");

/** @param {Page.Job} job @param {Page.EditDraft} draft */
export function changesOf(job, draft) {
  /** @type {Record<string, any>} */
  const before = editDraftOf(job);
  /** @type {Record<string, any>} */
  const after = draft;
  /** @type {Record<string, any>} */
  const body = {};
  for (const path of job.editable) {
    const [part, key] = path.split(".");
    // A value without a field in the form is the same on both sides.
    const [was, is] = key ? [before[part]?.[key], after[part]?.[key]] : [before[part], after[part]];
    if (isSame(was, is)) continue;
    if (key) body[part] = { ...body[part], [key]: is === "" ? null : is };
    else body[part] = is;
  }
  return body;
}

// Applies a person's changes to a newer state of the job.
/** @param {Page.Job} job @param {Record<string, any>} changes @returns {Page.EditDraft} */
export function rebase(job, changes) {
  const draft = editDraftOf(job);
  return { ...draft, ...changes, schedule: { ...draft.schedule, ...changes.schedule } };
}

/** @param {Page.ChangeCheck} check */
export const changesSchedule = (check) => check.changes.some(({ path }) => path.startsWith("schedule."));

// The two sentences below the fields of the schedule.
/** @param {Page.Job} job @param {string} zone @param {Page.ChangeCheck} check @param {boolean} isFresh */
export function scheduleSummary(job, zone, check, isFresh) {
  const summary = (/** @type {string} */ schedule_text, /** @type {string} */ first_delivery) =>
    ({ issues: check.issues, schedule_text, first_delivery, count: 0 });
  if (!isFresh || check.issues.some(isError)) return summary("", "");
  if (!changesSchedule(check)) return summary(job.schedule_text, "The schedule is not changed");
  const [next] = check.windows_after;
  if (!next) return summary("No more deliveries", "Every window of this schedule has ended");
  return summary(`Next delivery on ${time(next.due, zone)} ${zone}`, `It contains the data of ${next.days}`);
}

const KEY = "export-jobs:edit:";

// Unsaved changes from before a new login or a reload; null if there are none.
/** @param {string} dagId @returns {Record<string, any> | null} */
export function storedChanges(dagId) {
  try {
    return JSON.parse(sessionStorage.getItem(KEY + dagId) ?? "null");
  } catch {
    return null; // something else wrote there
  }
}

/** @param {string} dagId @param {Record<string, any>} changes */
export function storeChanges(dagId, changes) {
  if (Object.keys(changes).length === 0) sessionStorage.removeItem(KEY + dagId);
  else sessionStorage.setItem(KEY + dagId, JSON.stringify(changes));
}

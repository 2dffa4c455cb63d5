// Actions on jobs of the list; every result is announced.
import { call, part } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { plural } from "../../format.js";
import { Router, useState } from "../../host.js";
import { jobPath, newPath } from "../../paths.js";

/** @param {Api.JobRow[]} jobs @param {string} dagId */
const nameOf = (jobs, dagId) => jobs.find((job) => job.dag_id === dagId)?.name ?? dagId;

/** @type {Record<string, string>} */
const DONE = { change: "Changed", delete: "Deleted", rerun: "Rerunning" };
const MAX_REFUSALS = 3; // refusals of one request that are shown one by one

/** @param {() => void} reload @param {boolean} mayCreate */
export function useJobActions(reload, mayCreate) {
  const navigate = Router.useNavigate();
  const [toDelete, setToDelete] = useState(/** @type {Api.JobRow | null} */ (null));

  // Throws when the whole request is refused, so that a dialog can say so and stay open.
  const actOn = async (
    /** @type {Api.JobRow[]} */ jobs,
    /** @type {Page.BulkVerb} */ verb,
    /** @type {object} */ more = {},
  ) => {
    const body = { dag_ids: jobs.map((job) => job.dag_id), ...more };
    const { done, refused } = await call(/** @type {const} */ (`jobs/${verb}`), { method: "POST", body });
    const names = done.length === 1 ? nameOf(jobs, done[0]) : plural(done.length, "schedule");
    const what = DONE[verb] ?? ("paused" in more && more.paused ? "Paused" : "Resumed");
    if (done.length > 0) announce(`${what} ${names}.`);
    for (const one of refused.slice(0, MAX_REFUSALS)) announce(`${nameOf(jobs, one.dag_id)}: ${one.what}`, "error");
    const unlisted = refused.length - MAX_REFUSALS;
    if (unlisted > 0) announce(`${plural(unlisted, "more schedule")} not changed.`, "error");
    reload();
  };

  const pause = (/** @type {Api.JobRow[]} */ jobs, /** @type {boolean} */ paused) =>
    actOn(jobs, "pause", { paused }).catch((error) => announce(error.message, "error"));

  const remove = async (/** @type {Api.JobRow} */ job) => {
    await call(`jobs/${part(job.dag_id)}`, { method: "DELETE", version: job.version });
    announce(`Deleted ${job.name}. Its delivered files and its history are kept.`);
    reload();
  };

  /** @param {Api.JobRow} job @returns {Page.MenuItem[]} */
  const actionsOf = (job) => {
    const isDone = job.status === "completed"; // nothing left to pause
    const items = [
      { value: "log", words: "View execution log", onSelect: () => navigate(jobPath(job.dag_id, "log")) },
      mayCreate && { value: "duplicate", words: "Duplicate", onSelect: () => navigate(newPath(job.dag_id)) },
      job.may.edit && !isDone && {
        value: "pause", words: job.enabled ? "Pause" : "Resume", onSelect: () => pause([job], job.enabled),
      },
      job.may.delete && { value: "delete", words: "Delete…", isDangerous: true, onSelect: () => setToDelete(job) },
    ];
    return items.filter((item) => item !== false);
  };

  return { actionsOf, actOn, remove, toDelete, closeDelete: () => setToDelete(null) };
}

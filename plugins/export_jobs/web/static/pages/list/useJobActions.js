// Actions on jobs of the list; every result is announced.
import { call, part } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { plural } from "../../format.js";
import { Router, useState } from "../../host.js";
import { jobPath, newPath } from "../../paths.js";

/** @param {Api.JobRow[]} jobs @param {string} dagId */
const nameOf = (jobs, dagId) => jobs.find((job) => job.dag_id === dagId)?.name ?? dagId;

/** @param {() => void} reload @param {boolean} mayCreate */
export function useJobActions(reload, mayCreate) {
  const navigate = Router.useNavigate();
  const [toDelete, setToDelete] = useState(/** @type {Api.JobRow | null} */ (null));

  const pause = async (/** @type {Api.JobRow[]} */ jobs, /** @type {boolean} */ paused) => {
    try {
      const body = { dag_ids: jobs.map((job) => job.dag_id), paused };
      const { done, refused } = await call("jobs/pause", { method: "POST", body });
      const names = done.length === 1 ? nameOf(jobs, done[0]) : plural(done.length, "job");
      if (done.length > 0) announce(`${paused ? "Paused" : "Resumed"} ${names}.`);
      for (const { dag_id, what } of refused) announce(`${nameOf(jobs, dag_id)}: ${what}`, "error");
    } catch (error) {
      announce(error.message, "error");
    }
    reload();
  };

  const remove = async (/** @type {Api.JobRow} */ job) => {
    await call(`jobs/${part(job.dag_id)}`, { method: "DELETE", version: job.version });
    announce(`Deleted ${job.name}. Its delivered files and its history are kept.`);
    reload();
  };

  /** @param {Api.JobRow} job @returns {Page.MenuItem[]} */
  const actionsOf = (job) => {
    const isDone = job.frequency === "once" && job.last_delivery !== null; // there is nothing left to pause
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

  return { actionsOf, pause, remove, toDelete, closeDelete: () => setToDelete(null) };
}

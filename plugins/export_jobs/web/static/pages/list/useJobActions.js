// What can be done to jobs from the list; every outcome is said.
import { call, part } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { plural } from "../../format.js";
import { Router, useState } from "../../host.js";
import { jobPath, newPath } from "../../paths.js";

export function useJobActions(reload, mayCreate) {
  const navigate = Router.useNavigate();
  const [toDelete, setToDelete] = useState(null);

  const pause = async (jobs, paused) => {
    try {
      const body = { dag_ids: jobs.map((job) => job.dag_id), paused };
      const { done, refused } = await call("jobs/pause", { method: "POST", body });
      if (done.length) announce(`${paused ? "Paused" : "Resumed"} ${done.length === 1 ? nameOf(jobs, done[0]) : plural(done.length, "job")}.`);
      for (const { dag_id, what } of refused) announce(`${nameOf(jobs, dag_id)}: ${what}`, "error");
    } catch (error) {
      announce(error.message, "error");
    }
    reload();
  };

  const remove = async (job) => {
    await call(`jobs/${part(job.dag_id)}`, { method: "DELETE", version: job.version });
    announce(`Deleted ${job.name}. Its delivered files and its history stay.`);
    reload();
  };

  const actionsOf = (job) => [
    { value: "log", words: "View execution log", onSelect: () => navigate(jobPath(job.dag_id, "log")) },
    ...(mayCreate ? [{ value: "duplicate", words: "Duplicate", onSelect: () => navigate(newPath(job.dag_id)) }] : []),
    ...(job.may.edit && !(job.frequency === "once" && job.last_delivery) // nothing of it is left to pause
      ? [{ value: "pause", words: job.enabled ? "Pause" : "Resume", onSelect: () => pause([job], job.enabled) }]
      : []),
    ...(job.may.delete ? [{ value: "delete", words: "Delete…", isGrave: true, onSelect: () => setToDelete(job) }] : []),
  ];

  return { actionsOf, pause, remove, toDelete, closeDelete: () => setToDelete(null) };
}

const nameOf = (jobs, dagId) => jobs.find((job) => job.dag_id === dagId)?.name ?? dagId;

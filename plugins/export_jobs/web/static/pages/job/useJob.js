// What is known of a job and of its windows, asked again while something runs.
import { call, part, useAnswer } from "../../api.js";
import { useCallback, useEffect, useRef, useState } from "../../host.js";

const BUSY_MS = 3000;
const IDLE_MS = 30000;
const WATCH_MS = 20000; // Airflow takes a few seconds to begin what somebody has asked for
const SOME = { past: 60, future: 12 };
const ALL = { past: 400, future: 400 };

export function useJob(dagId) {
  const path = `jobs/${part(dagId)}`;
  const [isWatched, setWatched] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const timer = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  const isBusyIn = useRef(false);
  const [isLeaving, setLeaving] = useState(false); // what is being deleted is not asked for
  const pace = () => (isLeaving ? null : isBusyIn.current || isWatched ? BUSY_MS : IDLE_MS);

  const { data: job, error, reload: reloadJob } = useAnswer(path, undefined, pace);
  const { data: coverage, error: coverageError, reload: reloadCoverage } = useAnswer(`${path}/windows`, isWhole ? ALL : SOME, pace);
  isBusyIn.current = job?.state === "in_progress" || (coverage?.counts.running ?? 0) > 0;

  // What has just ended or begun is told by both answers, or the picture would lag behind the headline.
  const turn = job ? `${job.state} ${job.version} ${job.last_delivery?.at}` : null;
  const seen = useRef(turn);
  useEffect(() => {
    if (seen.current !== null && seen.current !== turn) reloadCoverage();
    seen.current = turn;
  }, [turn, reloadCoverage]);

  const reload = useCallback(() => {
    reloadJob();
    reloadCoverage();
  }, [reloadJob, reloadCoverage]);
  const watch = useCallback(() => {
    setWatched(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setWatched(false), WATCH_MS);
    reload();
  }, [reload]);
  const act = useCallback((verb, options) => call(verb ? `${path}/${verb}` : path, { method: "POST", ...options }), [path]);
  return {
    path, job, error, coverage, coverageError, reload, watch, act, pace, turn, setLeaving,
    isWhole, showWhole: () => setWhole(true), isBusy: isBusyIn.current,
  };
}

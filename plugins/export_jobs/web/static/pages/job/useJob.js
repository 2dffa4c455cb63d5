// A job and its windows, requested again while something runs.
import { call, part } from "../../api.js";
import { useCallback, useEffect, useRef, useState } from "../../host.js";
import { BUSY_MS, IDLE_MS, useAnswer } from "../../useAnswer.js";

const WATCH_MS = 20000; // Airflow takes a few seconds to start a run
const SOME = { past: 60, future: 12 };
const ALL = { past: 400, future: 400 };

// Runs when a value changes, not when it is first known.
/** @param {string | null} value @param {() => void} act */
export function useOnChange(value, act) {
  const last = useRef(value);
  useEffect(() => {
    if (last.current !== null && last.current !== value) act();
    last.current = value;
  }, [value, act]);
}

/** @param {string} dagId */
export function useJob(dagId) {
  const path = /** @type {const} */ (`jobs/${part(dagId)}`);
  const [isWatched, setWatched] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const isBusy = useRef(false);
  const isExpecting = useRef(false);
  // A job that is being deleted is not requested, and running requests are aborted: the answer would be that it does
  // not exist.
  const [isLeaving, setLeaving] = useState(false);
  const requested = isLeaving ? null : path;
  const pace = () => (isBusy.current || isExpecting.current || isWatched ? BUSY_MS : IDLE_MS);

  const { data: job, error, reload: reloadJob } = useAnswer(requested, undefined, pace);
  const windows = useAnswer(requested && /** @type {const} */ (`${requested}/windows`), isWhole ? ALL : SOME, pace);
  const { data: coverage, error: coverageError, reload: reloadCoverage } = windows;
  isBusy.current = job?.state === "in_progress" || (coverage?.counts.running ?? 0) > 0;
  // A due window starts within a minute, so it is polled as often as a running one.
  isExpecting.current = !job?.is_paused && (coverage?.counts.due ?? 0) > 0;

  // Coverage is requested again when the job changes, otherwise it would lag behind the header.
  const stateKey = job ? `${job.state} ${job.version} ${job.last_delivery?.at}` : null;
  useOnChange(stateKey, reloadCoverage);

  const reload = useCallback(() => {
    reloadJob();
    reloadCoverage();
  }, [reloadJob, reloadCoverage]);
  const watch = useCallback(() => {
    setWatched(true);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setWatched(false), WATCH_MS);
    reload();
  }, [reload]);
  const act = useCallback(
    /** @template {Page.Verb} V @param {V} verb @param {Page.Request<"POST">} [request] */
    (verb, request) => call(/** @type {const} */ (`${path}/${verb}`), { ...request, method: "POST" }),
    [path],
  );
  return {
    path, requested, job, error, coverage, coverageError, reload, watch, act, pace, stateKey, setLeaving,
    isWhole, showWhole: () => setWhole(true), isBusy: isBusy.current, isWatched,
  };
}

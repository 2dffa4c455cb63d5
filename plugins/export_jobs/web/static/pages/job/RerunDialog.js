// A rerun from the last success. Its windows are shown before it starts.
import { announce } from "../../components/Announcer.js";
import { Checkbox } from "../../components/Checkbox.js";
import { TaskDialog } from "../../components/Dialog.js";
import { Notice, Problem } from "../../components/Notice.js";
import { days, plural } from "../../format.js";
import { Chakra, html, useEffect, useState } from "../../host.js";

const LISTED = 12;
const QUESTION = { include_gaps: false, with_current_definition: false };

// There is something to rerun, nothing is in progress or just requested, and this person has the permission.
/** @param {Page.JobView} view */
export const canRerun = ({ job, coverage, isBusy, isWatched }) =>
  job.may.rerun && !isBusy && !isWatched && (coverage?.rerunnable ?? 0) > 0;

/** @param {Props.Runs} props */
function Runs({ title, runs, zone }) {
  if (runs.length === 0) return null;
  return html`<${Chakra.Box}>
    <${Chakra.Text} fontSize="sm" fontWeight="medium" pb=${1}>${title}<//>
    <${Chakra.Stack} as="ul" listStyleType="none" gap=${1} fontSize="sm">
      ${runs.slice(0, LISTED).map((run) => html`<li key=${run.run_id}>
        ${days(run, zone)} ${run.why && html`<${Chakra.Text} as="span" color="fg.muted">(${run.why})<//>`}
      </li>`)}
      ${runs.length > LISTED && html`<${Chakra.Text} as="li" color="fg.muted">
        and ${plural(runs.length - LISTED, "more window")}<//>`}
    <//>
  <//>`;
}

/** @param {Api.RerunAnswer} plan */
const nothingText = ({ gaps }) =>
  gaps.length > 0
    ? "Every window since the last success is delivered. Earlier ones are not, see below."
    : "No failed run to repeat. To export a window that never ran, choose it under Coverage.";

/** @param {Page.JobView["act"]} act @param {typeof QUESTION} question */
function usePlan(act, question) {
  const [plan, setPlan] = useState(/** @type {Api.RerunAnswer | null} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const json = JSON.stringify(question);
  useEffect(() => {
    let isCurrent = true;
    setError(null);
    act("rerun", { query: { dry_run: true }, body: JSON.parse(json) }).then(
      (answer) => isCurrent && setPlan(answer),
      (failure) => isCurrent && setError(failure),
    );
    return () => {
      isCurrent = false;
    };
  }, [act, json]);
  return { plan, error };
}

/** @param {Props.JobDialog} props */
export function RerunDialog({ view: { job, act, watch }, onClose }) {
  const [question, setQuestion] = useState(QUESTION);
  const [hadGaps, setHadGaps] = useState(false);
  const { plan, error } = usePlan(act, question);
  const put = (/** @type {Partial<typeof QUESTION>} */ changes) => setQuestion((before) => ({ ...before, ...changes }));
  useEffect(() => {
    if (plan && plan.gaps.length > 0) setHadGaps(true);
  }, [plan]);
  const count = plan ? plan.windows.length + plan.heal.length : 0;

  const rerun = async () => {
    const { windows, heal } = await act("rerun", { body: question });
    announce(`Rerunning ${plural(windows.length + heal.length, "window")}, oldest first.`);
    watch();
  };
  return html`<${TaskDialog} title=${`Rerun ${job.name}?`}
    verb=${count > 0 ? `Rerun ${plural(count, "window")}` : "Rerun"}
    isReady=${count > 0 && !plan?.blocked && !error} onAct=${rerun} onClose=${onClose}>
    ${error && html`<${Problem} error=${error} />`}
    ${!plan && !error && html`<${Chakra.Skeleton} height="5rem" aria-label="Loading" />`}
    ${plan && html`
      <${Chakra.Stack} gap=${4} aria-live="polite">
        ${plan.blocked && html`<${Notice} status="warning">${plan.blocked}<//>`}
        ${!plan.blocked && count === 0 && html`<${Chakra.Text} fontSize="sm">${nothingText(plan)}<//>`}
        <${Runs} title="These windows run again, oldest first" runs=${plan.windows} zone=${job.time_zone} />
        <${Runs} title="Already delivered: only the steps that failed afterwards run again" runs=${plan.heal}
          zone=${job.time_zone} />
        <${Runs} title="Not delivered before the last success, and not included" runs=${plan.gaps}
          zone=${job.time_zone} />
      <//>
      ${(hadGaps || question.include_gaps) && html`<${Checkbox} checked=${question.include_gaps}
        onChange=${(include_gaps) => put({ include_gaps })}>Include the earlier gaps<//>`}
      ${job.version > 1 && html`<${Checkbox} checked=${question.with_current_definition}
        onChange=${(with_current_definition) => put({ with_current_definition })}>
        Use the current definition, version ${job.version}. Otherwise each window keeps the version it first ran with.
      <//>`}`}
  <//>`;
}

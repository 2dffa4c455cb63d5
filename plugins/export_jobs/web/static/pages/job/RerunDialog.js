// "From the last success on": the windows that a rerun will run are seen before anybody says yes.
import { announce } from "../../components/Announcer.js";
import { Problem } from "../../components/Problem.js";
import { TaskDialog } from "../../components/TaskDialog.js";
import { days, plural } from "../../format.js";
import { Chakra, html, useEffect, useState } from "../../host.js";

const LISTED = 12;
const QUESTION = { include_gaps: false, with_current_definition: false };

// Something was not delivered, nothing is in progress, and this person may.
export function canRerun({ job, coverage, isBusy }) {
  if (!job.may.rerun || job.is_broken || isBusy || !coverage) return false;
  const { failed = 0, missing = 0 } = coverage.counts;
  return failed + missing > 0 || job.state === "unable_to_execute";
}

function Runs({ title, runs, zone }) {
  if (runs.length === 0) return null;
  return html`<${Chakra.Box}>
    <${Chakra.Text} fontSize="sm" fontWeight="medium" pb=${1}>${title}<//>
    <${Chakra.Stack} as="ul" listStyleType="none" gap=${1} fontSize="sm">
      ${runs.slice(0, LISTED).map(
        (run) => html`<li key=${run.run_id ?? run.start}>
          ${days(run, zone)} ${run.why && html`<${Chakra.Text} as="span" color="fg.muted">(${run.why})<//>`}
        </li>`,
      )}
      ${runs.length > LISTED && html`<${Chakra.Text} as="li" color="fg.muted">and ${plural(runs.length - LISTED, "window")} more<//>`}
    <//>
  <//>`;
}

function nothing({ gaps }) {
  if (gaps.length > 0) return "Every window since the last success is delivered. Earlier ones are not, see below.";
  return "There is no failed run to repeat. A window that never ran can be re-exported: choose it in the picture of coverage.";
}

function Tick({ checked, onChange, children }) {
  return html`<${Chakra.Checkbox.Root} size="sm" checked=${checked} onCheckedChange=${({ checked: is }) => onChange(is === true)}>
    <${Chakra.Checkbox.HiddenInput} /><${Chakra.Checkbox.Control} /><${Chakra.Checkbox.Label} fontWeight="normal">${children}<//>
  <//>`;
}

function usePlan(act, question) {
  const [plan, setPlan] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    let isWanted = true;
    setError(null);
    act("rerun", { query: { dry_run: true }, body: question }).then(
      (answer) => isWanted && setPlan(answer),
      (failure) => isWanted && setError(failure),
    );
    return () => {
      isWanted = false;
    };
  }, [act, JSON.stringify(question)]);
  return { plan, error };
}

export function RerunDialog({ about: { job, act, watch }, onClose }) {
  const [question, setQuestion] = useState(QUESTION);
  const [hadGaps, setHadGaps] = useState(false);
  const { plan, error } = usePlan(act, question);
  const zone = job.time_zone;
  const put = (name) => (value) => setQuestion((before) => ({ ...before, [name]: value }));
  useEffect(() => {
    if (plan?.gaps.length > 0) setHadGaps(true);
  }, [plan]);
  const count = plan ? plan.windows.length + plan.heal.length : 0;

  const rerun = async () => {
    const done = await act("rerun", { body: question });
    announce(`Rerunning ${plural(done.windows.length + done.heal.length, "window")}, oldest first.`);
    watch();
  };
  return html`<${TaskDialog} title=${`Rerun ${job.name}?`} verb=${count > 0 ? `Rerun ${plural(count, "window")}` : "Rerun"}
    isReady=${count > 0 && !plan.blocked && !error} onAct=${rerun} onClose=${onClose}>
    ${error && html`<${Problem} error=${error} />`}
    ${!plan && !error && html`<${Chakra.Skeleton} height="5rem" aria-label="Loading" />`}
    ${plan && html`<${Chakra.Stack} gap=${4} aria-live="polite">
      ${plan.blocked && html`<${Chakra.Alert.Root} status="warning" variant="surface">
        <${Chakra.Alert.Indicator} /><${Chakra.Alert.Description}>${plan.blocked}<//>
      <//>`}
      ${!plan.blocked && count === 0 && html`<${Chakra.Text} fontSize="sm">${nothing(plan)}<//>`}
      <${Runs} title="These windows run again, oldest first" runs=${plan.windows} zone=${zone} />
      <${Runs} title="Delivered already: only what failed afterwards is repeated" runs=${plan.heal} zone=${zone} />
      <${Runs} title="Undelivered before the last success: left as they are" runs=${plan.gaps} zone=${zone} />
    <//>`}
    ${plan && (hadGaps || question.include_gaps) && html`<${Tick} checked=${question.include_gaps} onChange=${put("include_gaps")}>
      Include the earlier gaps<//>`}
    ${plan && html`<${Tick} checked=${question.with_current_definition} onChange=${put("with_current_definition")}>
      With today's definition, version ${job.version}; else each window keeps the version that it first ran with<//>`}
  <//>`;
}

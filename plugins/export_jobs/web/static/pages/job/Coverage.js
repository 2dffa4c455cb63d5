// The coverage picture, its gaps in words, and the actions for the selected window.
import { CoveragePicture, Legend } from "../../components/CoveragePicture.js";
import { Section } from "../../components/layout.js";
import { TextLink } from "../../components/links.js";
import { Notice, Problem } from "../../components/Notice.js";
import { StateLabel } from "../../components/StateIcon.js";
import { WINDOW_STATES, isOver } from "../../components/windowStates.js";
import { days, duration, plural, time } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";
import { airflowRunPath } from "../../paths.js";
import { ReexportDialog, canReexport } from "./RunDialogs.js";

const MANY = 6;

/** @param {Props.Gaps} props */
function Gaps({ gaps, zone }) {
  if (gaps.length === 0) return null;
  const listed = gaps.slice(0, MANY).map((gap) => days(gap, zone)).join("; ");
  const more = gaps.length > MANY ? ` and ${plural(gaps.length - MANY, "more gap")}` : "";
  return html`<${Notice} status="warning" size="sm">
    No window covers ${listed}${more}. Re-export these days if the receiver needs them.<//>`;
}

/** @param {Props.WindowFacts} props */
function WindowFacts({ window, view, zone, isChosen, onReexport }) {
  const { job } = view;
  const { state, rows, seconds, due, overlaps, run_id: runId, template_states: templateStates } = window;
  const facts = [
    rows !== null && plural(rows, "row"),
    seconds !== null && `took ${duration(seconds)}`,
    due && state === "future" && `due ${time(due)}`,
    state === "due" && job.is_paused && "when the job is resumed",
    overlaps && "overlaps another window",
  ].filter(Boolean);
  const others = Object.entries(templateStates)
    .filter(([, other]) => other !== state)
    .map(([name, other]) => `${name}: ${WINDOW_STATES[other].words.toLowerCase()}`);
  return html`
    <${Chakra.Text} fontSize="sm" fontWeight="medium">${days(window, zone)}<//>
    <${StateLabel} state=${WINDOW_STATES[state]} />
    ${facts.length > 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">${facts.join(", ")}<//>`}
    ${others.length > 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">${others.join(", ")}<//>`}
    ${isChosen && html`<${Chakra.HStack} gap=${2} ms="auto">
      ${runId && html`<${TextLink} to=${airflowRunPath(job.dag_id, runId)} fontSize="sm" textDecoration="underline">
        Run in Airflow<//>`}
      ${canReexport(view) && isOver(window) && html`<${Chakra.Button} size="xs" variant="outline" onClick=${onReexport}>
        Re-export this window…<//>`}
    <//>`}`;
}

/** @param {Props.CoverageBody} props */
function CoverageBody({ view, onReexport }) {
  const { coverage, isWhole, showWhole } = view;
  const { windows, gaps, counts, time_zone: zone } = coverage;
  const past = windows.filter(({ state }) => state !== "future");
  const [picked, setPicked] = useState(/** @type {string | null} */ (null));
  const newest = (past.at(-1) ?? windows[0])?.start;
  const chosen = windows.some(({ start }) => start === picked) ? picked : newest;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return html`<${Chakra.Stack} gap=${4}>
    <${Legend} counts=${counts} />
    ${windows.length === 0
      ? html`<${Chakra.Text} fontSize="sm" color="fg.muted">This schedule has no windows yet.<//>`
      : html`<${CoveragePicture} windows=${windows} zone=${zone} chosen=${chosen} onChoose=${setPicked}>
          ${(window, isChosen) => html`<${WindowFacts} window=${window} view=${view} zone=${zone} isChosen=${isChosen}
            onReexport=${() => onReexport(window)} />`}
        <//>`}
    <${Gaps} gaps=${gaps} zone=${zone} />
    <${Chakra.Flex} justify="space-between" align="center" gap=${3} wrap="wrap" fontSize="xs" color="fg.muted">
      <span>One cell per window, days in ${zone}. Click a cell, or move with the arrow keys.</span>
      ${!isWhole && total > windows.length && html`<${Chakra.Button} size="xs" variant="outline" onClick=${showWhole}>
        Show all ${plural(total, "window")}<//>`}
    <//>
  <//>`;
}

/** @param {Props.JobTab} props */
export function Coverage({ view }) {
  const { coverage, coverageError, reload } = view;
  const [toReexport, setToReexport] = useState(/** @type {Api.WindowCell | null} */ (null));
  return html`<${Section} title="Coverage">
    ${coverageError && html`<${Chakra.Box} pb=${coverage ? 3 : 0}>
      <${Problem} error=${coverageError} onRetry=${reload} /><//>`}
    ${coverage && html`<${CoverageBody} view=${view} onReexport=${setToReexport} />`}
    ${!coverage && !coverageError && html`<${Chakra.Skeleton} height="7rem" aria-label="Loading" />`}
    ${toReexport && html`<${ReexportDialog} view=${view} window=${toReexport} onClose=${() => setToReexport(null)} />`}
  <//>`;
}

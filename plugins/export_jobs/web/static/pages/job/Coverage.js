// The picture of coverage, its gaps in words, and what can be done about the window that is chosen.
import { CoveragePicture, Legend } from "../../components/CoveragePicture.js";
import { Problem } from "../../components/Problem.js";
import { Section } from "../../components/Section.js";
import { Words } from "../../components/Words.js";
import { WINDOW_STATES } from "../../components/windowStates.js";
import { days, duration, plural, time } from "../../format.js";
import { Chakra, Router, html, useState } from "../../host.js";
import { canReexport, ReexportDialog } from "./ReexportDialog.js";

const MANY = 6;

function Gaps({ gaps, zone }) {
  if (gaps.length === 0) return null;
  const said = gaps.slice(0, MANY).map((gap) => days(gap, zone)).join("; ");
  const more = gaps.length > MANY ? ` and ${plural(gaps.length - MANY, "span")} more` : "";
  return html`<${Chakra.Alert.Root} status="warning" variant="surface" size="sm">
    <${Chakra.Alert.Indicator} />
    <${Chakra.Alert.Description}>No window covers ${said}${more}. Re-export these days if the receiver needs them.<//>
  <//>`;
}

function About({ window, job, zone, isChosen, onReexport }) {
  const facts = [
    window.rows !== null && window.rows !== undefined && plural(window.rows, "row"),
    window.seconds !== null && window.seconds !== undefined && `took ${duration(window.seconds)}`,
    window.due && window.state === "future" && `due ${time(window.due)}`,
    window.overlaps && "overlaps another window",
  ].filter(Boolean);
  const states = Object.entries(window.template_states ?? {}).filter(([, state]) => state !== window.state && state in WINDOW_STATES);
  return html`
    <${Chakra.Text} fontSize="sm" fontWeight="medium">${days(window, zone)}<//>
    <${Words} state=${WINDOW_STATES[window.state]} />
    ${facts.length > 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">${facts.join(", ")}<//>`}
    ${states.length > 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">
      ${states.map(([name, state]) => `${name}: ${WINDOW_STATES[state].words.toLowerCase()}`).join(", ")}<//>`}
    ${isChosen && html`<${Chakra.HStack} gap=${2} ms="auto">
      ${window.run_id && html`<${Chakra.Link} asChild fontSize="sm" textDecoration="underline">
        <${Router.Link} to=${`/dags/${encodeURIComponent(job.dag_id)}/runs/${encodeURIComponent(window.run_id)}`}>Its run in Airflow<//><//>`}
      ${canReexport(job) && window.state !== "future" && window.state !== "running" && html`<${Chakra.Button} size="xs" variant="outline"
        onClick=${onReexport}>Re-export this window…<//>`}
    <//>`}`;
}

function Body({ about, onReexport }) {
  const { job, coverage, isWhole, showWhole } = about;
  const { windows, gaps, counts, time_zone: zone } = coverage;
  const past = windows.filter(({ state }) => state !== "future");
  const [picked, setPicked] = useState(null);
  const chosen = windows.some(({ start }) => start === picked) ? picked : (past.at(-1) ?? windows[0])?.start;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return html`<${Chakra.Stack} gap=${4}>
    <${Legend} counts=${counts} />
    ${windows.length === 0
      ? html`<${Chakra.Text} fontSize="sm" color="fg.muted">This schedule has no window yet.<//>`
      : html`<${CoveragePicture} windows=${windows} zone=${zone} chosen=${chosen} onChoose=${setPicked}>
          ${(window, isChosen) => html`<${About} window=${window} job=${job} zone=${zone} isChosen=${isChosen}
            onReexport=${() => onReexport(window)} />`}
        <//>`}
    <${Gaps} gaps=${gaps} zone=${zone} />
    <${Chakra.Flex} justify="space-between" align="center" gap=${3} wrap="wrap" fontSize="xs" color="fg.muted">
      <span>One cell a window, days in ${zone}. Click a cell, or move from one to the next with the arrow keys.</span>
      ${!isWhole && total > windows.length && html`<${Chakra.Button} size="xs" variant="outline" onClick=${showWhole}>
        Show all ${plural(total, "window")}<//>`}
    <//>
  <//>`;
}

export function Coverage({ about }) {
  const { coverage, coverageError, reload } = about;
  const [reexporting, setReexporting] = useState(null);
  return html`<${Section} title="Coverage">
    ${coverageError && html`<${Chakra.Box} pb=${coverage ? 3 : 0}><${Problem} error=${coverageError} onRetry=${reload} /><//>`}
    ${coverage && html`<${Body} about=${about} onReexport=${setReexporting} />`}
    ${!coverage && !coverageError && html`<${Chakra.Skeleton} height="7rem" aria-label="Loading" />`}
    ${reexporting && html`<${ReexportDialog} about=${about} window=${reexporting} onClose=${() => setReexporting(null)} />`}
  <//>`;
}

// Runs in addition to the schedule: the last complete window now, or a past window again.
import { announce } from "../../components/Announcer.js";
import { TaskDialog } from "../../components/Dialog.js";
import { Field, Select } from "../../components/Field.js";
import { isOver, windowText } from "../../components/windowStates.js";
import { addDays, startOfDay, today } from "../../days.js";
import { days } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";

const OTHER = "other";

// A job runs one window at a time, and Airflow does not run paused jobs. A run that was just requested counts as busy.
/** @param {Page.JobView} view */
export const canReexport = ({ job, isBusy, isWatched }) =>
  job.may.run && !job.is_broken && !job.is_paused && !isBusy && !isWatched;

/** @param {Props.ReexportDialog} props */
export function ReexportDialog({ view: { job, coverage, act, watch }, window = null, onClose }) {
  const zone = coverage.time_zone;
  const past = coverage.windows.filter(isOver).reverse();
  const yesterday = addDays(today(zone), -1);
  const [choice, setChoice] = useState(window?.start ?? past[0]?.start ?? OTHER);
  const [span, setSpan] = useState({ first: yesterday, last: yesterday });
  const { first, last } = span;
  const isOther = choice === OTHER;
  const isReady = !isOther || Boolean(first && last && first <= last && last <= yesterday);
  const target = () => {
    const chosen = past.find(({ start }) => start === choice);
    if (chosen) return { start: chosen.start, end: chosen.end };
    return { start: startOfDay(first, zone), end: startOfDay(addDays(last, 1), zone) };
  };
  const input = (/** @type {"first" | "last"} */ name, /** @type {string} */ label) => html`<${Field}
    label=${label} required>
    <${Chakra.Input} size="sm" type="date" max=${yesterday} value=${span[name]}
      onChange=${(event) => setSpan({ ...span, [name]: event.target.value })} /><//>`;
  const options = [...past.map((cell) => [cell.start, windowText(cell, zone)]), [OTHER, "Other days…"]];

  const reexport = async () => {
    const body = target();
    await act("reexport", { body });
    announce(`Re-exporting ${days(body, zone)}.`);
    watch();
  };
  return html`<${TaskDialog} title="Re-export a window" verb="Re-export" isReady=${isReady} onAct=${reexport}
    onClose=${onClose}>
    <${Field} label="Window" hint=${`Days in ${zone}, newest first`}>
      <${Select} value=${choice} onChange=${setChoice} options=${options} />
    <//>
    ${isOther && html`<${Chakra.SimpleGrid} columns=${2} gap=${4}>
      ${input("first", "First day")}${input("last", "Last day")}<//>`}
    <${Chakra.Text} fontSize="sm" color="fg.muted">
      The files of this window are created again from the current data and delivered to ${job.destination}. They replace
      the earlier files of this window.
    <//>
  <//>`;
}

/** @param {Props.JobDialog} props */
export function RunDialog({ view: { job, act, watch }, onClose }) {
  const run = async () => {
    const { window } = await act("run");
    announce(`Started exporting the data of ${days(window, job.time_zone)}.`);
    watch();
  };
  return html`<${TaskDialog} title=${`Run ${job.name} now?`} verb="Run now" onAct=${run} onClose=${onClose}>
    <${Chakra.Text}>
      The last complete window is exported to ${job.destination} now, in addition to the schedule. Its files replace the
      earlier files of this window.
    <//>
  <//>`;
}

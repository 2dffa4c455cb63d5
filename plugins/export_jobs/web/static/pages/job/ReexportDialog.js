// A past window once more: chosen from those of the job, or any days.
import { announce } from "../../components/Announcer.js";
import { windowSaid } from "../../components/CoveragePicture.js";
import { Field } from "../../components/Field.js";
import { Select } from "../../components/Select.js";
import { TaskDialog } from "../../components/TaskDialog.js";
import { addDays, today } from "../../days.js";
import { days } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";
import { dayStart } from "./dayStart.js";

const OTHER = "other";

export const canReexport = (job) => job.may.run && !job.is_broken;

export function ReexportDialog({ about: { job, coverage, act, watch }, window = null, onClose }) {
  const zone = coverage.time_zone;
  const past = coverage.windows.filter(({ state }) => state !== "future" && state !== "running").reverse();
  const yesterday = addDays(today(zone), -1);
  const [start, setStart] = useState(window?.start ?? past[0]?.start ?? OTHER);
  const [span, setSpan] = useState({ first: yesterday, last: yesterday });
  const isOther = start === OTHER;
  const chosen = past.find((one) => one.start === start);
  const wanted = isOther
    ? { start: dayStart(span.first, zone), end: dayStart(addDays(span.last || span.first, 1), zone) }
    : { start: chosen?.start, end: chosen?.end };
  const isReady = !isOther || (span.first && span.last && span.first <= span.last && span.last <= yesterday);
  const input = (name, label) => html`<${Field} label=${label} required>
    <${Chakra.Input} size="sm" type="date" max=${yesterday} value=${span[name]}
      onChange=${(event) => setSpan({ ...span, [name]: event.target.value })} /><//>`;
  const options = [...past.map((one) => [one.start, windowSaid(one, zone)]), [OTHER, "Other days…"]];

  const again = async () => {
    await act("reexport", { body: wanted });
    announce(`Re-exporting ${days(wanted, zone)}.`);
    watch();
  };
  return html`<${TaskDialog} title="Re-export a window" verb="Re-export" isReady=${isReady} onAct=${again} onClose=${onClose}>
    <${Field} label="Window" hint=${`Days in ${zone}, newest first`}>
      <${Select} value=${start} onChange=${setStart} options=${options} />
    <//>
    ${isOther && html`<${Chakra.SimpleGrid} columns=${2} gap=${4}>${input("first", "First day")}${input("last", "Last day")}<//>`}
    <${Chakra.Text} fontSize="sm" color="fg.muted">
      The files of this window are made anew from the data as it is now and delivered to ${job.destination}.
      Files of the same window are replaced.
    <//>
  <//>`;
}

// The last complete window, now and besides the schedule.
import { announce } from "../../components/Announcer.js";
import { TaskDialog } from "../../components/TaskDialog.js";
import { days } from "../../format.js";
import { Chakra, html } from "../../host.js";

export function RunDialog({ about: { job, act, watch }, onClose }) {
  const run = async () => {
    const { window } = await act("run");
    announce(`Started: the data of ${days(window, job.time_zone)} is being exported.`);
    watch();
  };
  return html`<${TaskDialog} title=${`Run ${job.name} now?`} verb="Run now" onAct=${run} onClose=${onClose}>
    <${Chakra.Text}>
      The last window that is complete is exported to ${job.destination} now, besides the schedule. Files of the same window are replaced.
    <//>
  <//>`;
}

// Deletes a job after confirmation. A running execution is stopped only on request.
import { call } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { Checkbox } from "../../components/Checkbox.js";
import { ConfirmDialog } from "../../components/Dialog.js";
import { Chakra, Router, html, useState } from "../../host.js";
import { listPath } from "../../paths.js";

/** @param {Props.JobDialog} props */
export function DeleteDialog({ view: { path, job, isBusy, setLeaving }, onClose }) {
  const [stop, setStop] = useState(false);
  const navigate = Router.useNavigate();
  const remove = async () => {
    setLeaving(true);
    try {
      await call(path, { method: "DELETE", version: job.version, query: stop ? { stop } : undefined });
    } catch (refusal) {
      setLeaving(false);
      throw refusal;
    }
    announce(`Deleted ${job.name}. Its delivered files and its history are kept.`);
    navigate(listPath());
  };
  return html`<${ConfirmDialog} title=${`Delete ${job.name}?`} verb="Delete" onConfirm=${remove} onClose=${onClose}>
    <${Chakra.Text}>No more files will be delivered. Delivered files and the history of this schedule are kept.<//>
    ${isBusy && html`<${Checkbox} checked=${stop} onChange=${setStop}>Stop the execution that is in progress<//>`}
  <//>`;
}

// Deleting asks first; what is running is stopped only when somebody says so.
import { call } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { ConfirmDialog } from "../../components/ConfirmDialog.js";
import { Chakra, Router, html, useState } from "../../host.js";
import { listPath } from "../../paths.js";

export function DeleteDialog({ about: { path, job, isBusy, setLeaving }, onClose }) {
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
    announce(`Deleted ${job.name}. Its delivered files and its history stay.`);
    navigate(listPath());
  };
  return html`<${ConfirmDialog} title=${`Delete ${job.name}?`} verb="Delete" onConfirm=${remove} onClose=${onClose}>
    <${Chakra.Text}>No further file will be delivered. Files that were delivered, and the history of this schedule, stay.<//>
    ${isBusy && html`<${Chakra.Checkbox.Root} size="sm" checked=${stop} onCheckedChange=${({ checked }) => setStop(checked === true)}>
      <${Chakra.Checkbox.HiddenInput} /><${Chakra.Checkbox.Control} />
      <${Chakra.Checkbox.Label}>Stop the execution that is in progress<//>
    <//>`}
  <//>`;
}

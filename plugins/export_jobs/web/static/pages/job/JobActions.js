// What this person may do with the job; what they may not do is not shown.
import { call, useAnswer } from "../../api.js";
import { ActionMenu } from "../../components/ActionMenu.js";
import { announce } from "../../components/Announcer.js";
import { Icon } from "../../components/icons.js";
import { Chakra, Router, html, useState } from "../../host.js";
import { newPath } from "../../paths.js";
import { DeleteDialog } from "./DeleteDialog.js";
import { EditDialog } from "./EditDialog.js";
import { ReexportDialog } from "./ReexportDialog.js";
import { RerunDialog, canRerun } from "./RerunDialog.js";
import { RunDialog } from "./RunDialog.js";

const DIALOGS = { rerun: RerunDialog, edit: EditDialog, run: RunDialog, reexport: ReexportDialog, delete: DeleteDialog };

export function JobActions({ about }) {
  const { job, coverage, path, reload } = about;
  const { data: me } = useAnswer("me");
  const [open, setOpen] = useState(null);
  const [isTurning, setTurning] = useState(false);
  const navigate = Router.useNavigate();
  const opening = (name) => () => setOpen(name);
  const dialog = DIALOGS[open];

  const turn = async () => {
    setTurning(true);
    try {
      await call(`${path}/${job.is_paused ? "resume" : "pause"}`, { method: "POST" });
      announce(job.is_paused ? `Resumed ${job.name}.` : `Paused ${job.name}: it delivers nothing until it is resumed.`);
    } catch (failure) {
      announce(failure.message, "error");
    }
    setTurning(false);
    reload();
  };

  const items = [
    job.may.run && !job.is_broken && { value: "run", words: "Run now…", onSelect: opening("run") },
    job.may.run && !job.is_broken && coverage && { value: "reexport", words: "Re-export a window…", onSelect: opening("reexport") },
    me?.may.create && { value: "duplicate", words: "Duplicate", onSelect: () => navigate(newPath(job.dag_id)) },
    job.may.delete && { value: "delete", words: "Delete…", isGrave: true, onSelect: opening("delete") },
  ];
  return html`
    ${canRerun(about) && html`<${Chakra.Button} size="sm" colorPalette="brand" onClick=${opening("rerun")}>Rerun<//>`}
    ${job.editable.length > 0 && html`<${Chakra.Button} size="sm" variant="outline" onClick=${opening("edit")}>
      <${Icon} name="edit" /> Edit<//>`}
    ${job.editable.includes("enabled") && html`<${Chakra.Button} size="sm" variant="outline" loading=${isTurning} onClick=${turn}>
      <${Icon} name=${job.is_paused ? "play" : "pause"} /> ${job.is_paused ? "Resume" : "Pause"}<//>`}
    <${ActionMenu} label="More" items=${items.filter(Boolean)} />
    ${dialog && html`<${dialog} about=${about} onClose=${opening(null)} />`}`;
}

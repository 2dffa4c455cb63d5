// The actions that this person may do with the job; others are not shown.
import { call } from "../../api.js";
import { ActionMenu } from "../../components/ActionMenu.js";
import { announce } from "../../components/Announcer.js";
import { Icon } from "../../components/icons.js";
import { TestFileDialog } from "../../components/TestFileDialog.js";
import { Chakra, Router, html, useState } from "../../host.js";
import { newPath } from "../../paths.js";
import { useAnswer } from "../../useAnswer.js";
import { DeleteDialog } from "./DeleteDialog.js";
import { EditDialog } from "./EditDialog.js";
import { storedChanges } from "./editing.js";
import { RerunDialog, canRerun } from "./RerunDialog.js";
import { ReexportDialog, RunDialog, canReexport } from "./RunDialogs.js";

/** @param {Props.JobDialog} props */
const TestFileOfJob = ({ view: { job, path }, onClose }) => html`<${TestFileDialog} path=${`${path}/test-file`}
  templates=${job.templates.map(({ name }) => name)} destination=${job.destination}
  isEncrypted=${Boolean(job.definition.file?.encryption)} onClose=${onClose} />`;

const DIALOGS = {
  delete: DeleteDialog, edit: EditDialog, reexport: ReexportDialog, rerun: RerunDialog, run: RunDialog,
  test: TestFileOfJob,
};

/** @param {Props.JobTab} props */
export function JobActions({ view }) {
  const { job, coverage, path, reload } = view;
  const { data: me } = useAnswer("me");
  // Changes typed before a new login or a reload are shown again.
  const begin = job.editable.length > 0 && storedChanges(job.dag_id) ? "edit" : null;
  const [open, setOpen] = useState(/** @type {keyof typeof DIALOGS | null} */ (begin));
  const [isBusy, setBusy] = useState(false);
  const navigate = Router.useNavigate();
  const opening = (/** @type {keyof typeof DIALOGS} */ name) => () => setOpen(name);

  const pauseOrResume = async () => {
    setBusy(true);
    try {
      await call(job.is_paused ? `${path}/resume` : `${path}/pause`, { method: "POST" });
      announce(job.is_paused ? `Resumed ${job.name}.` : `Paused ${job.name}. It delivers nothing until it is resumed.`);
    } catch (failure) {
      announce(failure.message, "error");
    }
    setBusy(false);
    reload();
  };

  const items = [
    canReexport(view) && { value: "run", words: "Run now…", onSelect: opening("run") },
    canReexport(view) &&
      coverage && { value: "reexport", words: "Re-export a window…", onSelect: opening("reexport") },
    job.may.edit && !job.is_broken && { value: "test", words: "Get a test file…", onSelect: opening("test") },
    me?.may.create && { value: "duplicate", words: "Duplicate", onSelect: () => navigate(newPath(job.dag_id)) },
    job.may.delete && { value: "delete", words: "Delete…", isDangerous: true, onSelect: opening("delete") },
  ];
  return html`
    ${canRerun(view) && html`<${Chakra.Button} size="sm" colorPalette="brand" onClick=${opening("rerun")}>Rerun<//>`}
    ${job.editable.length > 0 && html`<${Chakra.Button} size="sm" variant="outline" onClick=${opening("edit")}>
      <${Icon} name="edit" /> Edit<//>`}
    ${job.editable.includes("enabled") && job.status !== "completed" && html`<${Chakra.Button} size="sm"
      variant="outline" loading=${isBusy} onClick=${pauseOrResume}>
      <${Icon} name=${job.is_paused ? "play" : "pause"} /> ${job.is_paused ? "Resume" : "Pause"}<//>`}
    <${ActionMenu} label="More" items=${items.filter(Boolean)} />
    ${open && html`<${DIALOGS[open]} view=${view} onClose=${() => setOpen(null)} />`}`;
}

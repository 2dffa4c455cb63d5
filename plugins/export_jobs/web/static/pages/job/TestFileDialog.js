// A small file of the newest days with rows, as a run would make it, for the person who asks.
import { send } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { TaskDialog } from "../../components/Dialog.js";
import { Field, Select } from "../../components/Field.js";
import { saveFile } from "../../components/saveFile.js";
import { number } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";
import { nameOf, noteText } from "./testFile.js";

const ROWS = [100, 1000, 10000].map((rows) => [String(rows), `The first ${number(rows)}`]);

/** @param {Props.JobDialog} props */
export function TestFileDialog({ view: { job, path }, onClose }) {
  const names = job.templates.map(({ name }) => name);
  const [template, setTemplate] = useState(names[0]);
  const [rows, setRows] = useState("1000");
  const download = async () => {
    const answer = await send(`${path}/test-file`, { method: "POST", body: { template, rows: Number(rows) } });
    saveFile(nameOf(answer.headers), await answer.blob());
    announce(noteText(JSON.parse(answer.headers.get("Export-Jobs-Test-File") ?? "{}")));
  };
  return html`<${TaskDialog} title="Test file to me" verb="Download" onAct=${download} onClose=${onClose}>
    <${Chakra.Text} fontSize="sm">
      A file of the newest days that have rows, as a run would make it, marked TEST. Nothing goes to ${job.destination},
      nobody gets a mail, and no window counts as delivered.<//>
    ${names.length > 1 && html`<${Field} label="Template">
      <${Select} value=${template} options=${names.map((name) => [name, name])} onChange=${setTemplate} /><//>`}
    <${Field} label="Rows"><${Select} value=${rows} options=${ROWS} onChange=${setRows} /><//>
    ${job.definition.file?.encryption && html`<${Chakra.Text} fontSize="sm" color="fg.muted">
      The job's files are encrypted; this one is not, since the keys are the receiver's.<//>`}
  <//>`;
}

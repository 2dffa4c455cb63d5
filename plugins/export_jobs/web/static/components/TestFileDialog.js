// A dialog for a small test file of the newest days with rows, written as in a run, for the current user.
import { send } from "../api.js";
import { number } from "../format.js";
import { Chakra, html, useState } from "../host.js";
import { useAnswer } from "../useAnswer.js";
import { announce } from "./Announcer.js";
import { TaskDialog } from "./Dialog.js";
import { Field, Select } from "./Field.js";
import { saveFile } from "./saveFile.js";
import { mailText, nameOf, noteText, whyNoMail } from "./testFile.js";

const ROWS = [100, 1000, 10000].map((rows) => [String(rows), `The first ${number(rows)}`]);

// `path`: the route that returns the file. `body`: its fields besides the choices here.
/** @param {Props.TestFileDialog} props */
export function TestFileDialog({ path, body = {}, templates, destination, isEncrypted, onClose }) {
  const [template, setTemplate] = useState(templates[0]);
  const [rows, setRows] = useState("1000");
  const [way, setWay] = useState("download");
  const { data: me } = useAnswer("me");
  const why = me && whyNoMail(me.mail, isEncrypted);
  const ways = [["download", "As a download"], ...(me && !why ? [["mail", `By mail to ${me.mail}`]] : [])];
  const isMail = way === "mail";
  const act = async () => {
    const wanted = { ...body, template, rows: Number(rows), by_mail: isMail };
    const answer = await send(path, { method: "POST", body: wanted });
    if (isMail) {
      announce(mailText(await answer.json()));
      return;
    }
    saveFile(nameOf(answer.headers), await answer.blob());
    announce(noteText(JSON.parse(answer.headers.get("Export-Jobs-Test-File") ?? "{}")));
  };
  return html`<${TaskDialog} title="Get a test file" verb=${isMail ? "Send to me" : "Download"} onAct=${act}
    onClose=${onClose}>
    <${Chakra.Text} fontSize="sm">
      A file of the newest days that have rows, written as in a run and marked TEST. Nothing goes to ${destination},
      no recipient gets a mail, and no window counts as delivered.<//>
    ${templates.length > 1 && html`<${Field} label="Template">
      <${Select} value=${template} options=${templates.map((name) => [name, name])} onChange=${setTemplate} /><//>`}
    <${Field} label="Rows"><${Select} value=${rows} options=${ROWS} onChange=${setRows} /><//>
    <${Field} label="How" hint=${isMail ? "By mail, columns with personal data are empty." : why}>
      <${Select} value=${way} options=${ways} onChange=${setWay} /><//>
    ${isEncrypted && html`<${Chakra.Text} fontSize="sm" color="fg.muted">
      The job's files are encrypted; this one is not, because the keys belong to the receiver.<//>`}
  <//>`;
}

// Mail addresses, one per line or pasted with commas.
import { TextList } from "../../components/Field.js";
import { html } from "../../host.js";

/** @param {Props.RecipientsField} props */
export function RecipientsField({ value, issues, onChange }) {
  return html`<${TextList} label="Recipients" name="recipients" issues=${issues} value=${value} separators=${/[\s,;]+/}
    hint="They get a mail when files have been delivered. One address per line." autoresize
    placeholder="partner@example.org" onChange=${onChange} />`;
}

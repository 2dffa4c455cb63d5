// The customers that a file is limited to, pasted or typed; the text is theirs until they leave it.
import { Field } from "../Field.js";
import { plural } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";

const keys = (text) => [...new Set(text.split(/[\n,;\t]+/).map((key) => key.trim()).filter(Boolean))];

export function Audience({ value, issues, onChange }) {
  const [text, setText] = useState(value.join("\n"));
  const type = (event) => {
    setText(event.target.value);
    onChange(keys(event.target.value));
  };
  const hint = value.length > 0 ? `${plural(value.length, "customer")}; rows of all others are left out.` : "Empty: all customers. Else their ids, one a line or separated by commas.";
  return html`<${Field} label="Only these customers" issues=${issues} hint=${hint}>
    <${Chakra.Textarea} size="sm" rows=${2} maxH="10rem" value=${text} onChange=${type} />
  <//>`;
}

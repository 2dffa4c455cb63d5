// Mail addresses as people have them: one a line, or pasted with commas. The text is theirs until they leave the field.
import { Field } from "../../components/Field.js";
import { Chakra, html, useEffect, useState } from "../../host.js";

const addresses = (text) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

export function RecipientsField({ value, issues, onChange }) {
  const [text, setText] = useState(value.join("\n"));
  useEffect(() => {
    if (addresses(text).join() !== value.join()) setText(value.join("\n"));
  }, [value.join()]);
  const type = (event) => {
    setText(event.target.value);
    onChange(addresses(event.target.value));
  };
  return html`<${Field} label="Recipients" issues=${issues} hint="Get a mail when files have arrived; one address a line">
    <${Chakra.Textarea} name="recipients" size="sm" rows=${2} autoresize value=${text} onChange=${type} placeholder="partner@example.org" />
  <//>`;
}

// How files are written. Only changes are sent; the server's defaults apply to the rest.
import { Checkbox } from "../../components/Checkbox.js";
import { Field, Select } from "../../components/Field.js";
import { Section } from "../../components/layout.js";
import { Chakra, html, useState } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { COMPRESSIONS, DELIMITERS, EMPTY_RESULTS, FORMATS, QUOTINGS, isPacked, isText } from "../../words.js";
import { EncryptionFields } from "./EncryptionFields.js";
import { PartsFields } from "./PartsFields.js";
import { PresetField, TextFields } from "./TextFields.js";
import { fileText, inFormat } from "./draft.js";

/** @type {["header" | "bom" | "escape_formulas", string, (isCsv: boolean) => boolean][]} */
const CHECKBOXES = [
  ["header", "Header row", (isCsv) => isCsv],
  ["bom", "Byte order mark, for old spreadsheets", () => false],
  ["escape_formulas", "Escape text that a spreadsheet would run as a formula", () => false],
];

const NAME_HINT = "Without the file extension. "
  + "More fields: {window_start:%Y%m%d}, {window_end}, {run_date}, {sequence}, {revision}.";

// The byte order mark is an option only for UTF-8: UTF-16 always has one. Only spreadsheets run formulas.
/** @param {string} name @param {Page.FileOptions} file */
function isOffered(name, { format = "csv", encoding = "utf-8" }) {
  if (name === "bom") return encoding === "utf-8";
  return name !== "escape_formulas" || format === "csv";
}

/** @param {Props.FileFields} props */
export function FileFields({ file, issues, example, onChange }) {
  const [isOpen, setOpen] = useState(issues.length > 0);
  const at = (/** @type {string} */ name) => issuesAt(issues, `file.${name}`);
  const put = (/** @type {Page.FileOptions} */ changes) => onChange({ ...file, ...changes });
  /** @param {keyof Page.FileOptions} name @param {string} label @param {Record<string, string>} words */
  const choice = (name, label, words) => html`<${Field} label=${label} issues=${at(name)}>
    <${Select} value=${file[name] ?? Object.keys(words)[0]} options=${Object.entries(words)}
      onChange=${(value) => put({ [name]: value })} /><//>`;
  /** @param {"name" | "done_file" | "null_text"} name @param {string} label
   * @param {{ hint?: string, placeholder?: string }} [more] */
  const text = (name, label, { hint = "", ...more } = {}) => html`<${Field} label=${label} hint=${hint}
    issues=${at(name)}><${Chakra.Input} size="sm" name=${`file.${name}`} value=${file[name] ?? ""} ...${more}
      onChange=${(event) => put({ [name]: event.target.value || undefined })} /><//>`;
  const { format } = file;
  const isCsv = !format || format === "csv";
  const action = html`<${Chakra.Button} size="xs" variant="outline" aria-expanded=${isOpen}
    aria-label="Change file options" onClick=${() => setOpen(!isOpen)}>${isOpen ? "Close" : "Change"}<//>`;
  return html`<${Section} title="File options" action=${action}>
    ${!isOpen && html`<${Chakra.Text} fontSize="sm" color="fg.muted">${fileText(file)}<//>`}
    ${isOpen && html`<${Chakra.Stack} gap=${4}>
      <${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2, lg: 3 }} gap=${4} alignItems="start">
        <${Field} label="Format" issues=${at("format")}><${Select} value=${format ?? "csv"}
          options=${Object.entries(FORMATS)} onChange=${(value) => onChange(inFormat(file, value))} /><//>
        ${isText(format) && html`<${PresetField} ...${{ file, issues, onChange }} />`}
        ${!isPacked(format) && choice("compression", "Compression", COMPRESSIONS)}
        ${isCsv && choice("delimiter", "Delimiter", DELIMITERS)}
        ${isCsv && choice("quoting", "Quotes", QUOTINGS)}
        ${choice("empty_result", "When there are no rows", EMPTY_RESULTS)}
        ${isText(format) && text("null_text", "Text for an empty value")}
        ${text("name", "File name", { placeholder: "{job}__{template}__{window}", hint: NAME_HINT })}
        ${text("done_file", "Done file", { placeholder: "None", hint: "Sent last, such as {job}_{window}.done" })}
        <${PartsFields} ...${{ file, issues, onChange }} />
      <//>
      <${EncryptionFields} ...${{ file, issues, onChange }} />
      ${example && html`<${Chakra.Text} fontSize="sm" color="fg.muted">First files: ${example}<//>`}
      ${isText(format) && html`<${TextFields} ...${{ file, issues, onChange }} />
      <${Chakra.Stack} gap=${2}>
        ${CHECKBOXES.filter(([name]) => isOffered(name, file)).map(
          ([name, label, byDefault]) => html`<${Checkbox} key=${name} checked=${file[name] ?? byDefault(isCsv)}
            onChange=${(checked) => put({ [name]: checked })}>${label}<//>`,
        )}
      <//>`}
    <//>`}
  <//>`;
}

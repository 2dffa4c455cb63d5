// How files are written. What nobody changes is not sent: the server's defaults stand.
import { Field } from "../../components/Field.js";
import { Section } from "../../components/Section.js";
import { Select } from "../../components/Select.js";
import { Chakra, html, useState } from "../../host.js";
import { COMPRESSIONS, DELIMITERS, EMPTY_RESULTS, LINE_ENDINGS, QUOTINGS } from "../../words.js";
import { issuesAt } from "./steps.js";

const TICKS = [
  ["header", "Heading in the first line", true],
  ["bom", "Byte order mark, for old spreadsheets", false],
  ["escape_formulas", "Escape texts that a spreadsheet would take for formulas", false],
];

export function FileFields({ file, issues, onChange }) {
  const [isOpen, setOpen] = useState(issues.length > 0);
  const at = (name) => issuesAt(issues, `file.${name}`);
  const put = (name, value) => onChange({ ...file, [name]: value });
  const choice = (name, label, options) => html`<${Field} label=${label} issues=${at(name)}>
    <${Select} value=${file[name] ?? Object.keys(options)[0]} options=${Object.entries(options)} onChange=${(value) => put(name, value)} /><//>`;
  const action = html`<${Chakra.Button} size="xs" variant="outline" aria-expanded=${isOpen} aria-label="Change file options"
    onClick=${() => setOpen(!isOpen)}>${isOpen ? "Close" : "Change"}<//>`;
  return html`<${Section} title="File options" action=${action}>
    ${!isOpen && html`<${Chakra.Text} fontSize="sm" color="fg.muted">${fileText(file)}<//>`}
    ${isOpen && html`<${Chakra.Stack} gap=${4}>
      <${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2, lg: 3 }} gap=${4} alignItems="start">
        ${choice("compression", "Compression", COMPRESSIONS)}
        ${choice("delimiter", "Delimiter", DELIMITERS)}
        ${choice("quoting", "Quotes", QUOTINGS)}
        ${choice("line_ending", "Line ends", LINE_ENDINGS)}
        ${choice("empty_result", "When there are no rows", EMPTY_RESULTS)}
        <${Field} label="Text for an empty value" issues=${at("null_text")}>
          <${Chakra.Input} size="sm" value=${file.null_text ?? ""} onChange=${(event) => put("null_text", event.target.value)} />
        <//>
      <//>
      <${Chakra.Stack} gap=${2}>
        ${TICKS.map(
          ([name, words, byDefault]) => html`<${Chakra.Checkbox.Root} key=${name} size="sm" checked=${file[name] ?? byDefault}
            onCheckedChange=${({ checked }) => put(name, checked === true)}>
            <${Chakra.Checkbox.HiddenInput} /><${Chakra.Checkbox.Control} /><${Chakra.Checkbox.Label} fontWeight="normal">${words}<//>
          <//>`,
        )}
      <//>
    <//>`}
  <//>`;
}

export function fileText(file) {
  const word = (options, key) => (options[key] ?? key).toLowerCase();
  const compression = file.compression ?? "zip";
  const packed = compression === "none" ? "not compressed" : `compressed with ${word(COMPRESSIONS, compression)}`;
  const heading = file.header === false ? "no heading" : "a heading";
  return `CSV with ${heading}, values separated by ${word(DELIMITERS, file.delimiter ?? ",")}, ${packed}. Without rows: ${word(EMPTY_RESULTS, file.empty_result ?? "send")}.`;
}

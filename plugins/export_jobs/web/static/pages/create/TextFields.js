// How text is written in CSV and fixed-width files: presets, encoding, spelling of values, and an example row.
import { Field, Select } from "../../components/Field.js";
import { Chakra, html } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { ENCODINGS, LINE_BREAKS, LINE_ENDINGS, UNENCODABLE } from "../../words.js";
import { presetOf, withPreset } from "./presetChoice.js";
import { PRESETS } from "./presets.js";
import {
  BOOLEAN_OFFERS, DATE_OFFERS, DECIMAL_OFFERS, INSTANT_OFFERS, THOUSANDS_OFFERS, TIME_OFFERS, booleansAs, booleansOf,
  exampleRow,
} from "./spelling.js";

/** @type {Page.Option[]} */
const PRESET_OFFERS = [
  ["", "None"], ...Object.entries(PRESETS).map(([key, { title }]) => /** @type {Page.Option} */ ([key, title])),
];
const isOfOneByte = (/** @type {string | undefined} */ encoding) => /^(iso|windows)/.test(encoding ?? "");

/** @param {Props.TextFields} props */
export function PresetField({ file, onChange }) {
  return html`<${Field} label="Preset" hint="Sets the options below. You can still change each of them."><${Select}
    value=${presetOf(file)} options=${PRESET_OFFERS} onChange=${(key) => onChange(withPreset(file, key))} /><//>`;
}

/** @param {Props.TextFields} props */
export function TextFields({ file, issues, onChange }) {
  const at = (/** @type {string} */ name) => issuesAt(issues, `file.${name}`);
  const put = (/** @type {Page.FileOptions} */ changes) => onChange({ ...file, ...changes });
  const { format } = file;
  /** @param {keyof Page.FileOptions} name @param {string} label @param {Page.Option[]} options */
  const choice = (name, label, options) => html`<${Field} label=${label} issues=${at(name)}>
    <${Select} value=${file[name] ?? options[0][0]} options=${options}
      onChange=${(value) => put({ [name]: value || undefined })} /><//>`;
  const encode = (/** @type {any} */ encoding) => put({
    encoding,
    unencodable: isOfOneByte(encoding) ? file.unencodable : undefined,
    bom: isOfOneByte(encoding) ? undefined : file.bom,
  });
  return html`<${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2, lg: 3 }} gap=${4} alignItems="start">
    <${Field} label="Encoding" issues=${at("encoding")}><${Select} value=${file.encoding ?? "utf-8"}
      options=${Object.entries(ENCODINGS)} onChange=${encode} /><//>
    ${isOfOneByte(file.encoding) && choice("unencodable", "Unsupported characters", Object.entries(UNENCODABLE))}
    ${choice("line_ending", "Line endings", Object.entries(LINE_ENDINGS))}
    ${format !== "fixed" && choice("line_breaks", "Line breaks in values", Object.entries(LINE_BREAKS))}
    ${choice("date_format", "Dates", DATE_OFFERS)}
    ${choice("timestamp_format", "Times", TIME_OFFERS)}
    ${choice("timestamptz_format", "Times with a zone", INSTANT_OFFERS)}
    ${choice("decimal_mark", "Decimal mark", DECIMAL_OFFERS)}
    ${choice("thousands_mark", "Thousands", THOUSANDS_OFFERS)}
    <${Field} label="True and false" issues=${[...at("true_text"), ...at("false_text")]}><${Select}
      value=${booleansOf(file)} options=${BOOLEAN_OFFERS} onChange=${(texts) => put(booleansAs(texts))} /><//>
  <//>
  <${Chakra.Box}>
    <${Chakra.Text} fontSize="sm" color="fg.muted">Example row<//>
    <${Chakra.Code} as="pre" size="sm" overflowX="auto" maxW="100%" p=${2} data-testid="example-row"
      >${exampleRow(file)}<//>
  <//>`;
}

// Values of a definition in words.
import { capital, day, plural, size } from "../../format.js";
import {
  COMPRESSIONS, DELIMITERS, EMPTY_RESULTS, ENCODINGS, FORMATS, FREQUENCIES, LINE_BREAKS, LINE_ENDINGS, OPERATORS,
  QUOTINGS, UNENCODABLE, isPacked, isText, wordOf,
} from "../../words.js";
import { SPELLINGS, exampleRow } from "../create/spelling.js";

const BASES = {
  event: "The day it happened", updated: "The day it last changed", none: "None: the whole table each time",
};
/** @type {Record<string, string>} */
const FIELDS = {
  enabled: "Paused or resumed",
  "schedule.frequency": "Frequency",
  "schedule.execute_on": "Execution date",
  "schedule.from": "First day of data",
  "schedule.until": "Last day of data",
  "schedule.deliver_at": "Time of delivery",
  "schedule.deliver_on": "Day of delivery",
  "schedule.deliver_after_days": "Days from the data to the delivery",
  "schedule.time_zone": "Time zone",
};
const SHOWN_VALUES = 8;

/** @param {Page.Schedule} schedule */
export const frequencyText = ({ frequency }) => wordOf(FREQUENCIES, frequency);

/** @param {string} path */
export const fieldText = (path) => FIELDS[path] ?? capital(path.replaceAll(/[._]/g, " "));

/** @param {Page.Schedule} schedule */
export const validityText = ({ from, until }) => (from === until ? day(from) : `${day(from)} – ${day(until)}`);

/** @param {Page.Schedule} schedule */
function lastDayText({ frequency, execute_on: on }) {
  if (frequency === "daily") return "Every day";
  if (frequency === "weekly") return capital(on ?? "sunday");
  if (frequency === "quarterly") return "The last day of the quarter";
  return !on || on === "last" ? "The last day of the month" : `Day ${on} of the month`;
}

/** @param {Page.Schedule} schedule */
export function executionDateText(schedule) {
  const { frequency, deliver_at, deliver_on, deliver_after_days: days = 1, time_zone } = schedule;
  const clock = `at ${deliver_at.slice(0, 5)} ${time_zone}`;
  const after = days > 1 ? `${days} days after` : "on the day after";
  if (frequency !== "once") return `${lastDayText(schedule)}, delivered ${after} ${clock}`;
  if (deliver_on) return `${day(deliver_on)} ${clock}`;
  return `${days > 1 ? `${days} days` : "The day"} after the last day of data ${clock}`;
}

/** @param {Page.Filter} filter */
export function filterText({ column, op, values = [] }) {
  const more = values.length - SHOWN_VALUES;
  const listed = `${values.slice(0, SHOWN_VALUES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return [column, wordOf(OPERATORS, op), op === "between" ? values.join(" and ") : listed].filter(Boolean).join(" ");
}

/** @param {Pick<Api.TemplateInUse, "date_basis" | "kind">} template */
export const basisText = ({ date_basis, kind }) => BASES[date_basis ?? (kind === "dimension" ? "none" : "event")];

/** @param {string[]} terms */
export const orderText = (terms) =>
  terms.map((term) => (term.startsWith("-") ? `${term.slice(1)}, highest first` : term)).join("; ");

/** @param {Page.FileOptions} file */
const encodingText = ({ encoding = "utf-8", bom }) =>
  wordOf(ENCODINGS, encoding) + (bom ? " with byte order mark" : "");

/** @param {Page.FileOptions} file @returns {Page.Fact[]} */
export const fileFacts = ({ format = "csv", ...file }) => [
  ["Format", wordOf(FORMATS, format) + (isText(format) ? `, ${encodingText(file)}` : "")],
  ["Compression", !isPacked(format) && wordOf(COMPRESSIONS, file.compression ?? "zip")],
  ["Header row", isText(format) && (file.header === false ? "No" : "Yes")],
  .../** @type {Page.Fact[]} */ (format === "csv" ? [
    ["Delimiter", wordOf(DELIMITERS, file.delimiter ?? ",")],
    ["Quotes", wordOf(QUOTINGS, file.quoting ?? "minimal")],
  ] : []),
  .../** @type {Page.Fact[]} */ (isText(format) ? [
    ["Line endings", wordOf(LINE_ENDINGS, file.line_ending ?? "crlf")],
    ["Empty values", file.null_text ? `Written as ${file.null_text}` : "Left empty"],
    ["Unsupported characters", file.unencodable && file.unencodable !== "fail"
      && wordOf(UNENCODABLE, file.unencodable)],
    ["Line breaks in values", file.line_breaks === "blank" && wordOf(LINE_BREAKS, "blank")],
    ["Example row", SPELLINGS.some((key) => (file[key] ?? null) !== null)
      && exampleRow({ ...file, format: /** @type {"csv"} */ (format) })],
  ] : []),
  ["Formulas", file.escape_formulas && "Text that looks like a formula is escaped"],
  ["File name", file.name],
  ["Done file", file.done_file],
  ["Encrypted to", file.encryption?.keys.join(", ")],
  ["Signed with", file.encryption?.sign && `the connection ${file.encryption.sign}`],
  ["Written as", file.encryption?.armour && "Text (ASCII armour)"],
  ["Parts", file.split && (file.split.rows
    ? `At most ${plural(file.split.rows, "row")} each` : file.split.bytes && `At most ${size(file.split.bytes)} each`)],
  ["Manifest", file.manifest === "none" ? "Not sent" : file.manifest_folder && `In the folder ${file.manifest_folder}`],
  ["Without rows", wordOf(EMPTY_RESULTS, file.empty_result ?? "send")],
  ["Largest file", file.max_bytes && size(file.max_bytes)],
];

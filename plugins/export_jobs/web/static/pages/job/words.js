// The values of a definition as people say them.
import { size } from "../../format.js";
import { COMPRESSIONS, DELIMITERS, EMPTY_RESULTS, FREQUENCIES, KINDS, LINE_ENDINGS, OPERATORS, QUOTINGS } from "../../words.js";

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const BASES = { event: "The day it happened", updated: "The day it was last changed", none: "None: the whole table each time" };
const FIELDS = {
  created: "Created", description: "Description", recipients: "Recipients", owner: "Owner", enabled: "Paused or resumed",
  "schedule.frequency": "Frequency", "schedule.execute_on": "Execution date", "schedule.from": "First day of data",
  "schedule.until": "Last day of data", "schedule.deliver_at": "Time of delivery", "schedule.deliver_on": "Day of delivery",
  "schedule.time_zone": "Time zone",
};
const SHOWN_VALUES = 8;

export const frequencyWords = ({ frequency }) => FREQUENCIES[frequency] ?? frequency;
export const kindWords = (kind) => KINDS[kind] ?? kind;
export const fieldWords = (path) => FIELDS[path] ?? capital(path.replaceAll(/[._]/g, " "));

// A calendar day without a time: 1 Jan 1997.
export function day(text) {
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return String(text ?? "");
  return new Intl.DateTimeFormat("en-GB", { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" }).format(date);
}

export const validity = ({ from, until }) => (from === until ? day(from) : `${day(from)} – ${day(until)}`);

const clock = ({ deliver_at, time_zone }) => `at ${String(deliver_at ?? "").slice(0, 5)} ${time_zone}`;

export function executionDate(schedule) {
  const { frequency, execute_on: on, deliver_on } = schedule;
  if (frequency === "once") return `${deliver_on ? day(deliver_on) : "The day after the last day of data"} ${clock(schedule)}`;
  if (frequency === "daily") return `Every day, delivered on the day after ${clock(schedule)}`;
  const ofMonth = !on || on === "last" ? "The last day of the month" : `Day ${on} of the month`;
  const last = frequency === "weekly" ? capital(on ?? "sunday") : ofMonth;
  return `${last}, delivered on the day after ${clock(schedule)}`;
}

export function filterWords({ column, op, values = [] }) {
  const more = values.length - SHOWN_VALUES;
  const said = op === "between" ? values.join(" and ") : values.slice(0, SHOWN_VALUES).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return [column, OPERATORS[op] ?? op, said].filter(Boolean).join(" ");
}

export function basisWords({ date_basis, kind }) {
  return BASES[date_basis ?? (kind === "dimension" ? "none" : "event")];
}

export const orderWords = (order) => order.map((one) => (one.startsWith("-") ? `${one.slice(1)}, highest first` : one)).join("; ");

export function fileFacts(file) {
  return [
    ["Format", `${String(file.format ?? "csv").toUpperCase()}, UTF-8${file.bom ? " with byte order mark" : ""}`],
    ["Compression", COMPRESSIONS[file.compression ?? "zip"]],
    ["Heading line", file.header === false ? "No" : "Yes"],
    ["Delimiter", DELIMITERS[file.delimiter ?? ","] ?? file.delimiter],
    ["Quotes", QUOTINGS[file.quoting ?? "minimal"]],
    ["Line ends", LINE_ENDINGS[file.line_ending ?? "crlf"]],
    ["Empty values", file.null_text ? `Written as ${file.null_text}` : "Left empty"],
    ["Formulas", file.escape_formulas && "Texts that look like formulas are escaped"],
    ["Without rows", EMPTY_RESULTS[file.empty_result ?? "send"]],
    ["Largest file", file.max_bytes && size(file.max_bytes)],
  ].map(([label, value]) => [label, value || null]);
}

// How values of a text file are spelt: the choices, and an example row.

export const SPELLINGS = /** @type {const} */ ([
  "date_format", "timestamp_format", "timestamptz_format", "decimal_mark", "thousands_mark", "true_text", "false_text",
]);
// Text options that CSV and fixed-width files share.
export const OF_TEXT = /** @type {const} */ ([
  "null_text", "line_ending", "encoding", "unencodable", "bom", ...SPELLINGS,
]);
const DAYS = ["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y%m%d"];
const CLOCKS = ["%H:%M:%S", "%H:%M"];
const WORDY = DAYS.slice(0, 3).flatMap((day) => CLOCKS.map((clock) => `${day} ${clock}`));
const TIMES = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", ...WORDY, "%Y%m%d%H%M%S"];
const INSTANTS = ["%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M:%S.%L%z", "%Y-%m-%dT%H:%M:%S.%f%:z", ...TIMES];
/** @type {Record<string, string>} */
const PARTS = {
  "%Y": "2026", "%y": "26", "%m": "01", "%d": "31", "%H": "13", "%M": "05", "%S": "09", "%L": "250", "%f": "250000",
  "%z": "+0100", "%:z": "+01:00",
};
const WIDTHS = { text: 40, number: 25, boolean: 5, date: 10, timestamptz: 32 };

/** @param {string} pattern */
export const timeText = (pattern) => pattern.replaceAll(/%:?[YymdHMSLfz]/g, (part) => PARTS[part] ?? part);

/** @param {string[]} patterns @param {string} asStored @returns {Page.Option[]} */
const offers = (patterns, asStored) => [
  ["", asStored], ...patterns.map((pattern) => /** @type {Page.Option} */ ([pattern, timeText(pattern)])),
];

const STORED = { date: "2026-01-31", timestamp: "2026-01-31 13:05:09.25", timestamptz: "2026-01-31 13:05:09.25+01" };
export const DATE_OFFERS = offers(DAYS, STORED.date);
export const TIME_OFFERS = offers(TIMES, STORED.timestamp);
export const INSTANT_OFFERS = offers(INSTANTS, STORED.timestamptz);
/** @type {Page.Option[]} */
export const DECIMAL_OFFERS = [["", "Point: 0.5"], [",", "Comma: 0,5"]];
/** @type {Page.Option[]} */
export const THOUSANDS_OFFERS = [
  ["", "None: 1234"], [",", "Comma: 1,234"], [".", "Point: 1.234"], [" ", "Space: 1 234"], ["'", "Apostrophe: 1'234"],
];
/** @type {Page.Option[]} */
export const BOOLEAN_OFFERS = [
  ["", "true, false"], ["TRUE/FALSE", "TRUE, FALSE"], ["WAHR/FALSCH", "WAHR, FALSCH"], ["1/0", "1, 0"], ["Y/N", "Y, N"],
  ["X/", "X, nothing"],
];

/** @param {Page.FileOptions} file */
export const booleansOf = ({ true_text, false_text }) =>
  ((true_text ?? null) === null ? "" : `${true_text}/${false_text ?? ""}`);

/** @param {string} texts @returns {Page.FileOptions} */
export function booleansAs(texts) {
  if (!texts) return { true_text: undefined, false_text: undefined };
  const [true_text, false_text] = texts.split("/");
  return { true_text, false_text };
}

/** @param {Page.FileOptions} file */
function exampleCells(file) {
  const { date_format, timestamptz_format, decimal_mark, thousands_mark, null_text = "", true_text } = file;
  return [
    ["text", file.line_breaks === "blank" || file.format === "fixed" ? "Zoë Smith" : "Zoë\nSmith"],
    ["date", date_format ? timeText(date_format) : STORED.date],
    ["timestamptz", timestamptz_format ? timeText(timestamptz_format) : STORED.timestamptz],
    ["number", `1${thousands_mark ?? ""}234${decimal_mark ?? "."}50`],
    ["boolean", true_text ?? "true"],
    ["null", null_text],
  ];
}

// An example row of the file: a text of two lines, a date, a time, a number, true, and an empty value.
/** @param {Page.FileOptions} file */
export function exampleRow(file) {
  const cells = exampleCells(file);
  if (file.format === "fixed") return cells.map(([kind, text]) => padded(kind, text, file)).join("").trimEnd();
  const { delimiter = ",", quoting = "minimal", null_text = "" } = file;
  const quoted = (/** @type {string} */ text) => `"${text.replaceAll('"', '""')}"`;
  return cells.map(([kind, text]) => {
    if (kind === "null") return text;
    const needsQuotes = quoting === "all" || text === null_text || text.includes(delimiter) || /["\r\n]/.test(text);
    return needsQuotes ? quoted(text) : text;
  }).join(delimiter);
}

/** @param {string} kind @param {string} text @param {Page.FileOptions} file */
function padded(kind, text, file) {
  if (kind === "null") return text;
  if (kind === "number") return text.padStart(WIDTHS.number);
  const isSpelt = (kind === "date" && file.date_format) || (kind === "timestamptz" && file.timestamptz_format);
  if (isSpelt) return text;
  const isSaid = kind === "boolean" && booleansOf(file) !== "";
  const booleans = Math.max(text.length, (file.false_text ?? "").length, 1);
  return text.padEnd(isSaid ? booleans : WIDTHS[/** @type {"text"} */ (kind)]);
}

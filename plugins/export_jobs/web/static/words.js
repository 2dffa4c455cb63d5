// The words for values of definitions, the same on every page, in the order of the choices.
export const KINDS = { custom: "KPIs", standard: "Rows", dimension: "Table" };
export const FREQUENCIES = {
  once: "Once", daily: "Daily", weekly: "Weekly", monthly: "Monthly", quarterly: "Quarterly",
};
export const FORMATS = {
  csv: "CSV", jsonl: "JSON lines", parquet: "Parquet", xlsx: "Excel", fixed: "Fixed-width text",
};
// Formats of plain text, for which a job can choose encoding and spelling.
/** @param {string} [format] */
export const isText = (format = "csv") => format === "csv" || format === "fixed";
// Formats that are compressed inside, so they are not compressed again.
/** @param {string} [format] */
export const isPacked = (format) => format === "parquet" || format === "xlsx";
export const DELIMITERS = { ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar" };
export const COMPRESSIONS = { zip: "Zip", gzip: "Gzip", zstd: "Zstandard", none: "None" };
export const EMPTY_RESULTS = {
  send: "Send a file with the header row only",
  skip: "Send no file",
  fail: "Fail and notify the owner",
};
export const QUOTINGS = { minimal: "Only where needed", all: "Every value" };
export const LINE_ENDINGS = { crlf: "CR LF (RFC 4180, Windows)", lf: "LF (Unix)" };
export const ENCODINGS = {
  "utf-8": "UTF-8", "utf-16": "UTF-16", "iso-8859-1": "ISO 8859-1 (Latin 1)", "windows-1252": "Windows-1252",
};
export const UNENCODABLE = {
  fail: "Fail and name the first cell", replace: "Write a question mark", transliterate: "Write the nearest letters",
};
export const SPLITS = { "": "One file", rows: "Parts by rows", bytes: "Parts by size" };
export const MANIFESTS = { beside: "Next to the files", folder: "In a separate folder", none: "None" };
export const LINE_BREAKS = { keep: "Keep", blank: "Replace with a space" };
export const OPERATORS = {
  equals: "is",
  not_equals: "is not",
  in: "is one of",
  not_in: "is none of",
  between: "is between",
  less_than: "is less than",
  at_most: "is at most",
  greater_than: "is greater than",
  at_least: "is at least",
  starts_with: "starts with",
  contains: "contains",
  is_null: "is empty",
  is_not_null: "is not empty",
};

/** @type {Record<string, string>} */
export const STEPS = {
  validate_destination: "Checking the destination",
  extract: "Reading the data",
  compress: "Writing the file",
  upload: "Sending the file",
  publish_manifest: "Sending the manifest",
  notify_recipients: "Mailing the recipients",
  notify_owner: "Mailing the owner",
};

// If a run has several destinations, a step ends with the tag: `upload__archive`.
/** @param {string} step */
export function stepText(step) {
  const [name, destination] = step.split("__");
  return `${wordOf(STEPS, name)}${destination ? ` at ${destination}` : ""}`;
}

/** @type {Record<string, string>} */
export const TYPES = {
  text: "text", integer: "whole number", number: "number", date: "date", timestamp: "date and time",
  timestamptz: "date and time", boolean: "yes or no",
};

// An unknown key is shown as it is.
/** @param {Record<string, string>} words @param {string} key */
export const wordOf = (words, key) => words[key] ?? key;

// The stored value is always among the options, or the browser would show the first one instead.
/** @param {string} value @param {Page.Option[]} options @returns {Page.Option[]} */
export const withStored = (value, options) =>
  options.some(([key]) => key === value) ? options : [[value, value], ...options];

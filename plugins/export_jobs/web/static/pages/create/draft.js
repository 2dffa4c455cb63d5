// The draft of a new job: a blank one, its body for the API, and its summary.
import { withoutBlanks } from "../../api.js";
import { definitionOf } from "../../components/template/offers.js";
import { addDays, addYear, today } from "../../days.js";
import { capital, plural, userZone } from "../../format.js";
import { COMPRESSIONS, DELIMITERS, EMPTY_RESULTS, ENCODINGS, FORMATS, isPacked, isText, wordOf } from "../../words.js";
import { isSplitByBytes, ofEveryFormat, partsText } from "./parts.js";
import { OF_TEXT } from "./spelling.js";

// A once job exports past days, all others future days.
/** @param {string} frequency @param {string} zone */
export function freshDays(frequency, zone) {
  const now = today(zone);
  if (frequency === "once") return { from: addDays(now, -30), until: addDays(now, -1) };
  return { from: now, until: addDays(addYear(now), -1) };
}

/** @returns {Page.Draft} */
export function blankDraft() {
  const time_zone = userZone();
  return {
    name: "",
    description: "",
    owner: "",
    destination: "",
    also: [],
    recipients: [],
    schedule: {
      frequency: "weekly", execute_on: "sunday", ...freshDays("weekly", time_zone), deliver_at: "02:00", time_zone,
    },
    templates: [],
    file: {},
    new_templates: [],
  };
}

// Blank values are left out, and the server reports them as missing.
/** @param {Page.Draft} draft */
export function bodyOf({ schedule, new_templates, templates, destination, also, ...rest }) {
  const job = also?.length > 0 ? { ...rest, destinations: [destination, ...also] } : { ...rest, destination };
  const names = new Set(templates.map((use) => use.template));
  const newOnes = new_templates.filter(({ name }) => names.has(name)).map(definitionOf);
  const body = { ...withoutBlanks(job), templates, schedule: withoutBlanks(schedule) };
  return newOnes.length > 0 ? { ...body, new_templates: newOnes } : body;
}

// The draft of a duplicated job: the first destination is the main one, the others are additional.
/** @param {any} copy @returns {Page.Draft} */
export function draftOf({ destination, destinations = [], ...copy }) {
  const [first, ...also] = destinations.length > 0 ? destinations : [destination ?? ""];
  return { ...copy, destination: first, also, new_templates: [] };
}

/** @param {Page.Draft} draft */
export const destinationText = ({ destination, also }) => [destination, ...(also ?? [])].filter(Boolean).join(", ");

/** @param {Record<string, string>} words @param {string} key */
const lower = (words, key) => wordOf(words, key).toLowerCase();

// Keeps only the options that the new format has, too.
/** @param {Page.FileOptions} file @param {Page.FileOptions["format"]} format @returns {Page.FileOptions} */
export function inFormat(file, format) {
  const { compression } = file;
  const shared = isText(file.format) && isText(format) ? OF_TEXT.map((key) => [key, file[key]]) : [];
  const general = ofEveryFormat(file);
  if (general.split?.bytes && !isSplitByBytes({ format, encoding: file.encoding })) delete general.split;
  return { ...Object.fromEntries(shared), ...general, format, compression: isPacked(format) ? undefined : compression };
}

// A summary of how files are written.
/** @param {Page.FileOptions} file */
export function fileText(file) {
  const { compression = "zip", delimiter = ",", empty_result = "send", format = "csv", header } = file;
  const { encoding = "utf-8" } = file;
  const isCsv = format === "csv";
  const packed = compression === "none" ? "not compressed" : `compressed with ${lower(COMPRESSIONS, compression)}`;
  const parts = [
    isCsv ? `CSV with${header === false ? "out" : ""} a header row` : wordOf(FORMATS, format),
    isText(format) && encoding !== "utf-8" && `in ${wordOf(ENCODINGS, encoding)}`,
    isCsv && `values separated by ${lower(DELIMITERS, delimiter)}`,
    !isPacked(format) && packed,
    ...partsText(file),
  ].filter(Boolean);
  return `${parts.join(", ")}. Without rows: ${lower(EMPTY_RESULTS, empty_result)}.`;
}

// A summary of how the job uses a template.
/** @param {Page.TemplateUse} use */
export function templateUseText({ columns = [], filters = [], audience = [], date_basis, subfolder }) {
  const parts = [
    columns.length > 0 ? plural(columns.length, "selected column") : "all columns, unchanged",
    filters.length > 0 && plural(filters.length, "filter"),
    audience.length > 0 && `${plural(audience.length, "customer")} only`,
    date_basis === "updated" && "by the time of the last change",
    subfolder && `in the sub-folder ${subfolder}`,
  ];
  return `${capital(parts.filter(Boolean).join(", "))}.`;
}

// The list as a CSV file: all pages of the current search and filters, not only the visible page.
import { call } from "../../api.js";
import { saveFile } from "../../components/saveFile.js";
import { STATES } from "../../components/StateIcon.js";

const PAGE = 500;
/** @type {[string, (job: Api.JobRow) => unknown][]} */
const FIELDS = [
  ["name", (job) => job.name],
  ["status", (job) => (job.status === "completed" ? "Completed" : STATES[job.state].words)],
  ["reason", (job) => job.reason],
  ["paused", (job) => (job.is_paused ? "yes" : "no")],
  ["schedule", (job) => job.schedule_text],
  ["time_zone", (job) => job.time_zone],
  ["next_delivery", (job) => job.next_delivery],
  ["last_delivery", (job) => job.last_delivery?.at],
  ["last_rows", (job) => job.last_delivery?.rows],
  ["last_bytes", (job) => job.last_delivery?.bytes],
  ["destination", (job) => job.destination],
  ["owner", (job) => job.owner],
  ["description", (job) => job.description],
];

// Text that a spreadsheet would run as a formula gets an apostrophe in front.
/** @param {unknown} value */
function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {Api.JobRow[]} jobs */
export const csvText = (jobs) =>
  [FIELDS.map(([name]) => name), ...jobs.map((job) => FIELDS.map(([, value]) => value(job)))]
    .map((line) => line.map(cell).join(","))
    .join("\r\n");

/** @param {Page.Query} filters @returns {Promise<number>} the number of jobs */
export async function saveCsv(filters) {
  /** @type {Api.JobRow[]} */
  const jobs = [];
  let total = 1;
  while (jobs.length < total) {
    const page = await call("jobs", { query: { ...filters, offset: jobs.length, limit: PAGE } });
    total = page.jobs.length > 0 ? page.total : 0;
    jobs.push(...page.jobs);
  }
  // The byte order mark tells Excel that the text is UTF-8.
  saveFile("export-schedules.csv", new Blob(["\ufeff", csvText(jobs)], { type: "text/csv;charset=utf-8" }));
  return jobs.length;
}

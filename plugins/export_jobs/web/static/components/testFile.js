// The description of a test file in words.
import { plural } from "../format.js";

/** @param {Headers} headers */
export function nameOf(headers) {
  const found = /filename\*=UTF-8''(\S+)$/.exec(headers.get("Content-Disposition") ?? "");
  return decodeURIComponent(found?.[1] ?? "TEST");
}

/** @param {{ days: string, rows: number, truncated: boolean, masked: number }} note */
export function noteText({ days, rows, truncated, masked }) {
  const first = truncated ? "the first " : "";
  const are = masked === 1 ? "is" : "are";
  const hidden = masked > 0 ? ` ${plural(masked, "column")} with personal data ${are} empty.` : "";
  return `A test file with ${first}${plural(rows, "row")} of ${days}.${hidden}`;
}

/** @param {Parameters<typeof noteText>[0] & { sent_to: string }} note */
export const mailText = (note) => `Sent to ${note.sent_to}. ${noteText(note)}`;

// Why a test file cannot be sent by mail; empty if it can.
/** @param {string} address @param {boolean} isEncrypted */
export function whyNoMail(address, isEncrypted) {
  if (!address) return "Not by mail: Airflow does not know your mail address.";
  return isEncrypted ? "Not by mail: the job's files are encrypted, and a mail is not." : "";
}

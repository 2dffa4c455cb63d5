// What came with a test file, in words.
import { plural } from "../format.js";

/** @param {Headers} headers */
export function nameOf(headers) {
  const found = /filename\*=UTF-8''(\S+)$/.exec(headers.get("Content-Disposition") ?? "");
  return decodeURIComponent(found?.[1] ?? "TEST");
}

/** @param {{ days: string, rows: number, truncated: boolean, masked: number }} note */
export function noteText({ days, rows, truncated, masked }) {
  const first = truncated ? "the first " : "";
  const verbs = masked === 1 ? ["tells", "is"] : ["tell", "are"];
  const hidden = masked > 0 ? ` ${plural(masked, "column")} that ${verbs[0]} of people ${verbs[1]} empty.` : "";
  return `A test file with ${first}${plural(rows, "row")} of ${days}.${hidden}`;
}

/** @param {Parameters<typeof noteText>[0] & { sent_to: string }} note */
export const mailText = (note) => `Sent to ${note.sent_to}. ${noteText(note)}`;

// Why a test file is a download only; empty where it can go by mail.
/** @param {string} address @param {boolean} isEncrypted */
export function whyNoMail(address, isEncrypted) {
  if (!address) return "Not by mail: Airflow knows no mail address of yours.";
  return isEncrypted ? "Not by mail: the job's files are encrypted, and a mail is not." : "";
}

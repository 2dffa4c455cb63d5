// A receiver's key in a form that people can compare.
import { time } from "./format.js";

// Groups of four, as key programs print them.
/** @param {string} text */
export const fingerprintText = (text) => (text.match(/.{1,4}/g) ?? []).join(" ");

/** @param {Pick<Api.KeyEntry, "expires_at">} key @param {number} [now] milliseconds since 1970 */
export function expiryText({ expires_at: at }, now = Date.now()) {
  if (!at) return "never expires";
  return `${new Date(at).getTime() <= now ? "expired" : "expires"} ${time(at)}`;
}

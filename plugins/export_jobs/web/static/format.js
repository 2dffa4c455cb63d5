// Numbers, sizes and times as people read them. Times are in the zone that the user has chosen in Airflow, windows in
// the zone of their job.
const LOCALE = "en-GB";
const numbers = new Intl.NumberFormat(LOCALE);

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {number} value */
export const number = (value) => numbers.format(value);

/** @param {number} count @param {string} one @param {string} [many] */
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** @param {number} bytes */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const digits = (/** @type {number} */ value, /** @type {number} */ unit) => (unit > 0 && value < 9.95 ? 1 : 0);
  let unit = 0;
  let value = bytes;
  while (Number(value.toFixed(digits(value, unit))) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(digits(value, unit))} ${units[unit]}`;
}

// Rounded once, to the smallest unit that is shown: 59.6 seconds are a minute, and no minute has 60 seconds.
/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @type {Intl.DateTimeFormatOptions} */
const DAY = { year: "numeric", month: "short", day: "numeric" };
/** @type {Intl.DateTimeFormatOptions} */
const MINUTE = { ...DAY, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map(); // creating one takes as long as a hundred uses

// Throws a RangeError for a zone that this browser does not know.
/** @param {Intl.DateTimeFormatOptions} options @param {string} zone */
function formatOf(options, zone) {
  const key = `${options === DAY ? "day" : "minute"} ${zone}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone });
  formats.set(key, known);
  return known;
}

// Airflow stores the choice of its own menu here, as JSON.
export function userZone() {
  try {
    const zone = JSON.parse(localStorage.getItem("timezone") ?? "null");
    if (zone && formatOf(MINUTE, zone)) return /** @type {string} */ (zone);
  } catch {
    // nothing chosen, or a zone that this browser does not know
  }
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** @param {string} instant @param {string} [zone] */
export const time = (instant, zone = userZone()) => formatOf(MINUTE, zone).format(new Date(instant));

/** @param {string} instant @param {string} [zone] */
export const timeWithZone = (instant, zone = userZone()) => `${time(instant, zone)} ${zone}`;

const AGES = /** @type {[number, string][]} */ ([[86400, "day"], [3600, "hour"], [60, "minute"]]);

// How long ago an instant was: just now, 3 minutes ago, 2 days ago.
/** @param {string} instant @param {number} [now] */
export function ago(instant, now = Date.now()) {
  const seconds = (now - new Date(instant).getTime()) / 1000;
  const [length, unit] = AGES.find(([least]) => seconds >= least) ?? [0, ""];
  return unit ? `${plural(Math.floor(seconds / length), unit)} ago` : "just now";
}

// A calendar day without a time, 1997-01-01: 1 Jan 1997.
/** @param {string} text */
export function day(text) {
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? text : formatOf(DAY, "UTC").format(date);
}

// The days of a window in short: 1–31 Dec 1997, 1 Jan – 31 Dec 1997.
/** @param {Api.Window} window @param {string} zone */
export function daysShort({ start, end }, zone) {
  return formatOf(DAY, zone).formatRange(new Date(start), new Date(new Date(end).getTime() - 1));
}

// The days of a window in its job's zone; the end of a window is the first instant that is not in it.
/** @param {Api.Window} window @param {string} zone */
export function days({ start, end }, zone) {
  const format = formatOf(DAY, zone);
  const first = format.format(new Date(start));
  const last = format.format(new Date(new Date(end).getTime() - 1));
  return first === last ? first : `${first} – ${last}`;
}

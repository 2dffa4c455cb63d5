// Calendar days as texts, 2024-02-29, without time and zone. Calculations use the browser's dates in UTC.
const MS_A_MINUTE = 60_000;
const MS_A_DAY = 86_400_000;
/** @type {Intl.DateTimeFormatOptions} */
const DAY = { year: "numeric", month: "2-digit", day: "2-digit" };
/** @type {Intl.DateTimeFormatOptions} */
const MINUTE = { ...DAY, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** @param {Date} date */
const iso = (date) => date.toISOString().slice(0, 10);
/** @param {string} day */
const asDate = (day) => new Date(`${day}T00:00:00Z`);

/** @param {string} day @param {number} count */
export const addDays = (day, count) => iso(new Date(asDate(day).getTime() + count * MS_A_DAY));

// The day of an instant in a zone.
/** @param {string | number} instant @param {string} zone */
export function dayOf(instant, zone) {
  return new Intl.DateTimeFormat("en-CA", { ...DAY, timeZone: zone }).format(new Date(instant));
}

// The last day of a window; its end is the first instant that is not in it.
/** @param {string} end @param {string} zone */
export const lastDay = (end, zone) => dayOf(new Date(end).getTime() - 1, zone);

/** @param {string} zone */
export const today = (zone) => dayOf(Date.now(), zone);

// The same day a year later; 29 February becomes 1 March.
/** @param {string} day */
export function addYear(day) {
  const date = asDate(day);
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return iso(date);
}

// Monday is 0.
/** @param {string} day */
export const weekday = (day) => (asDate(day).getUTCDay() + 6) % 7;

/** @param {string} day */
export const firstOfMonth = (day) => `${day.slice(0, 7)}-01`;

/** @param {string} day */
export function nextMonth(day) {
  const date = asDate(firstOfMonth(day));
  date.setUTCMonth(date.getUTCMonth() + 1);
  return iso(date);
}

// The days from the first, inclusive, to the end, exclusive.
/** @param {string} first @param {string} end */
export function daysBetween(first, end) {
  const count = Math.round((asDate(end).getTime() - asDate(first).getTime()) / MS_A_DAY);
  return Array.from({ length: Math.max(0, count) }, (_, index) => addDays(first, index));
}

// The offset of a zone from UTC at an instant.
/** @param {number} instant @param {string} zone */
function offset(instant, zone) {
  const format = new Intl.DateTimeFormat("en-GB", { ...MINUTE, timeZone: zone });
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const wallClock = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
  return Math.round((wallClock - instant) / MS_A_MINUTE) * MS_A_MINUTE;
}

// The instant at which a day begins in a zone, as ISO text, or "" for an invalid day. If clocks are put forward at
// midnight, the day begins at one o'clock. A day that a zone skips begins when the next one does.
/** @param {string} day @param {string} zone */
export function startOfDay(day, zone) {
  const midnight = asDate(day).getTime();
  if (Number.isNaN(midnight)) return "";
  const guess = midnight - offset(midnight, zone);
  // A change of the clocks near midnight gives two candidates; the right one is midnight by its own offset.
  const before = midnight - offset(guess - 180 * MS_A_MINUTE, zone);
  const after = midnight - offset(guess + 180 * MS_A_MINUTE, zone);
  const isMidnight = (/** @type {number} */ instant) => instant + offset(instant, zone) === midnight;
  return new Date([before, after].find(isMidnight) ?? Math.max(before, after)).toISOString();
}

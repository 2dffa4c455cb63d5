// Calendar days as texts, 2024-02-29, without a time and without a zone; the browser's own arithmetic is done in UTC.
const MS_A_DAY = 86400000;
const iso = (date) => date.toISOString().slice(0, 10);
const asDate = (day) => new Date(`${day}T00:00:00Z`);

export const addDays = (day, count) => iso(new Date(asDate(day).getTime() + count * MS_A_DAY));

// The day of an instant as a zone sees it.
export function dayOf(instant, zone) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  return parts.format(new Date(instant));
}

export const today = (zone) => dayOf(Date.now(), zone);

// The same day a year later; 29 February becomes 1 March.
export function addYear(day) {
  const date = asDate(day);
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return iso(date);
}

// Monday is 0.
export const weekday = (day) => (asDate(day).getUTCDay() + 6) % 7;

export const firstOfMonth = (day) => `${day.slice(0, 7)}-01`;

export function nextMonth(day) {
  const date = asDate(firstOfMonth(day));
  date.setUTCMonth(date.getUTCMonth() + 1);
  return iso(date);
}

// The days from the first up to and without the end.
export function daysBetween(first, end) {
  const count = Math.round((asDate(end) - asDate(first)) / MS_A_DAY);
  return Array.from({ length: Math.max(0, count) }, (_, index) => addDays(first, index));
}

// The instant at which a day begins in a zone, as ISO text. A day that a zone skips begins when the next one does.
export function startOfDay(day, zone) {
  let instant = asDate(day).getTime();
  const begun = (at) => dayOf(at, zone) >= day;
  const hour = 3600000;
  instant -= 26 * hour;
  while (!begun(instant)) instant += hour;
  instant -= hour;
  while (!begun(instant)) instant += 15 * 60000;
  return new Date(instant).toISOString();
}

// Numbers, sizes and times as people read them. Times are in the zone that the user has chosen in Airflow, windows in
// the zone of their job.
const LOCALE = "en-GB";
const numbers = new Intl.NumberFormat(LOCALE);

export const number = (value) => numbers.format(value);

export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

export function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

const DAY = { year: "numeric", month: "short", day: "numeric" };
const MINUTE = { ...DAY, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const formats = new Map(); // to make one takes as long as to format a hundred times

// Throws a RangeError for a zone that this browser does not know.
function formatOf(parts, zone) {
  const key = `${parts === DAY ? "day" : "minute"} ${zone}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(LOCALE, { ...parts, timeZone: zone }));
  return formats.get(key);
}

// Airflow keeps the choice of its own menu here, as JSON.
export function userZone() {
  try {
    const zone = JSON.parse(localStorage.getItem("timezone"));
    if (zone && formatOf(MINUTE, zone)) return zone;
  } catch {
    // nothing chosen, or nothing that this browser knows
  }
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

export function time(instant, zone = userZone()) {
  return formatOf(MINUTE, zone).format(new Date(instant));
}

export function timeWithZone(instant, zone = userZone()) {
  return `${time(instant, zone)} ${zone}`;
}

// The days of a window in its job's zone; the end of a window is the first instant that is not in it.
export function days({ start, end }, zone) {
  const day = formatOf(DAY, zone);
  const first = day.format(new Date(start));
  const last = day.format(new Date(new Date(end).getTime() - 1));
  return first === last ? first : `${first} – ${last}`;
}

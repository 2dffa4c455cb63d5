// The first instant of a calendar day in a zone, as ISO text in UTC. Where clocks are put forward at midnight the day
// begins at one o'clock.
const MS_A_MINUTE = 60000;

function minutesAhead(instant, zone) {
  const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", { ...fields, timeZone: zone }).formatToParts(instant).map(({ type, value }) => [type, value]),
  );
  const seen = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute);
  return Math.round((seen - instant) / MS_A_MINUTE);
}

export function dayStart(day, zone) {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight)) return "";
  const guess = midnight - minutesAhead(midnight, zone) * MS_A_MINUTE;
  const before = midnight - minutesAhead(guess - 180 * MS_A_MINUTE, zone) * MS_A_MINUTE;
  const after = midnight - minutesAhead(guess + 180 * MS_A_MINUTE, zone) * MS_A_MINUTE;
  // Both offsets may hold at that instant only when the clocks change near it; the one that agrees with itself is right.
  const holds = (instant) => instant + minutesAhead(instant, zone) * MS_A_MINUTE === midnight;
  return new Date([before, after].find(holds) ?? Math.max(before, after)).toISOString();
}

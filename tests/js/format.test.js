import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  ago, capital, day, days, daysShort, duration, number, plural, size, time, timeWithZone, userZone,
} from "#page/format.js";

afterEach(() => delete globalThis.localStorage);

test("durations never show 60 of a unit", () => {
  const shown = {
    0: "0 s", 0.4: "0 s", 59: "59 s", 59.4: "59 s", 59.5: "1 min 0 s", 60: "1 min 0 s", 90: "1 min 30 s",
    119.6: "2 min 0 s", 3599: "59 min 59 s", 3599.5: "1 h 0 min", 3600: "1 h 0 min", 7169: "1 h 59 min",
    7170: "2 h 0 min", 86400: "24 h 0 min",
  };
  for (const [seconds, text] of Object.entries(shown)) assert.equal(duration(Number(seconds)), text, `${seconds} s`);
});

test("no duration of a whole day has 60 seconds or 60 minutes", () => {
  for (let seconds = 0; seconds < 90_000; seconds += 0.25) {
    assert.doesNotMatch(duration(seconds), /\b60 (s|min)\b/, `${seconds} seconds`);
  }
});

test("sizes have at most three digits and change their unit in time", () => {
  const shown = {
    0: "0 B", 999: "999 B", 1000: "1.0 kB", 1049: "1.0 kB", 9940: "9.9 kB", 9960: "10 kB", 999_499: "999 kB",
    999_500: "1.0 MB", 20e9: "20 GB", 5e15: "5000 TB",
  };
  for (const [bytes, text] of Object.entries(shown)) assert.equal(size(Number(bytes)), text, `${bytes} bytes`);
});

test("numbers are grouped, and 1 takes the singular", () => {
  assert.equal(number(1234567), "1,234,567");
  assert.equal(plural(1, "row"), "1 row");
  assert.equal(plural(0, "row"), "0 rows");
  assert.equal(plural(1000, "delivery", "deliveries"), "1,000 deliveries");
  assert.equal(capital("ein Ärger"), "Ein Ärger");
  assert.equal(capital(""), "");
});

test("a time is shown in the given zone, with 00 for midnight", () => {
  assert.equal(time("2026-03-01T23:00:00Z", "Europe/Berlin"), "2 Mar 2026, 00:00");
  assert.equal(timeWithZone("2026-07-01T12:30:00+00:00", "Asia/Kolkata"), "1 Jul 2026, 18:00 Asia/Kolkata");
});

test("an age has its largest unit, and is never in the future", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  const said = { "12:00:30": "just now", "11:59:01": "just now", "11:59:00": "1 minute ago", "09:59:00": "2 hours ago",
  };
  for (const [at, text] of Object.entries(said)) assert.equal(ago(`2026-03-01T${at}Z`, now), text);
  assert.equal(ago("2026-02-26T12:00:00Z", now), "3 days ago");
});

test("the user's zone is Airflow's choice, or the browser's if there is no known choice", () => {
  const stored = (/** @type {string | null} */ text) => {
    globalThis.localStorage = /** @type {Storage} */ ({ getItem: (name) => (name === "timezone" ? text : null) });
    return userZone();
  };
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  assert.equal(stored('"America/Lima"'), "America/Lima");
  for (const text of [null, '"Mars/Base"', "not JSON", "null", '""']) assert.equal(stored(text), own);
});

test("the days of a window end before its end", () => {
  const window = { start: "2026-01-01T00:00:00+01:00", end: "2026-01-02T00:00:00+01:00" };
  assert.equal(days(window, "Europe/Berlin"), "1 Jan 2026");
  assert.equal(days({ ...window, end: "2026-02-01T00:00:00+01:00" }, "Europe/Berlin"), "1 Jan 2026 – 31 Jan 2026");
});

test("a calendar day needs no zone, and an invalid day is unchanged", () => {
  assert.equal(day("1997-01-01"), "1 Jan 1997");
  assert.equal(day("soon"), "soon");
});

test("the days of a window in short", () => {
  const text = (start, end) => daysShort({ start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z` }, "UTC");
  assert.equal(text("1997-12-01", "1998-01-01").replaceAll("\u2009", ""), "1–31 Dec 1997");
  assert.equal(text("1997-12-01", "1997-12-02"), "1 Dec 1997");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addDays, addYear, dayOf, daysBetween, firstOfMonth, lastDay, nextMonth, startOfDay, today, weekday,
} from "#page/days.js";

test("days are counted over months, leap days and changes of the clock", () => {
  assert.equal(addDays("2024-02-28", 1), "2024-02-29");
  assert.equal(addDays("2026-03-29", 1), "2026-03-30");
  assert.equal(addDays("2026-01-01", -1), "2025-12-31");
  assert.equal(addYear("2024-02-29"), "2025-03-01");
  assert.equal(addYear("2026-12-31"), "2027-12-31");
});

test("Monday is the first day of a week", () => {
  assert.equal(weekday("2026-11-23"), 0);
  assert.equal(weekday("2026-11-29"), 6);
});

test("months begin on the first, also after December", () => {
  assert.equal(firstOfMonth("2026-11-26"), "2026-11-01");
  assert.equal(nextMonth("2026-12-31"), "2027-01-01");
  assert.equal(nextMonth("2026-01-31"), "2026-02-01");
});

test("days between do not include the end", () => {
  assert.deepEqual(daysBetween("2026-02-27", "2026-03-02"), ["2026-02-27", "2026-02-28", "2026-03-01"]);
  assert.deepEqual(daysBetween("2026-03-02", "2026-03-02"), []);
  assert.deepEqual(daysBetween("2026-03-02", "2026-03-01"), []);
});

test("an instant is another day elsewhere", () => {
  assert.equal(dayOf("2026-01-01T23:30:00Z", "UTC"), "2026-01-01");
  assert.equal(dayOf("2026-01-01T23:30:00Z", "Europe/Berlin"), "2026-01-02");
  assert.equal(lastDay("2026-01-02T00:00:00+01:00", "Europe/Berlin"), "2026-01-01");
  assert.equal(today("Pacific/Kiritimati") >= today("Pacific/Pago_Pago"), true);
});

const STARTS = [
  ["2026-01-01", "UTC", "2026-01-01T00:00:00.000Z"],
  ["2026-07-01", "Europe/Berlin", "2026-06-30T22:00:00.000Z"],
  ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"], // the clocks change later on this day
  ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
  ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"], // put forward at midnight: the day begins at one
  ["2018-02-18", "America/Sao_Paulo", "2018-02-18T03:00:00.000Z"], // put back at midnight: 23:00 came twice
  ["2026-11-01", "America/Havana", "2026-11-01T04:00:00.000Z"], // put back at one: midnight comes twice
  ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00.000Z"], // a day that never was begins with the next one
  ["2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
  ["2026-01-01", "Asia/Kathmandu", "2025-12-31T18:15:00.000Z"],
];

test("a day begins at its own midnight, or as soon as there is one", () => {
  for (const [day, zone, start] of STARTS) assert.equal(startOfDay(day, zone), start, `${day} in ${zone}`);
});

test("an invalid day has no start", () => {
  assert.equal(startOfDay("", "UTC"), "");
  assert.equal(startOfDay("2026-02-30x", "UTC"), "");
});

test("every start of a day is the first instant of that day, in every zone", () => {
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    for (const day of ["2026-03-29", "2026-11-01"]) {
      const start = Date.parse(startOfDay(day, zone));
      assert.equal(dayOf(start, zone), day, `${day} in ${zone}`);
      assert.equal(dayOf(start - 1, zone), addDays(day, -1), `before ${day} in ${zone}`);
    }
  }
});

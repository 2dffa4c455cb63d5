import assert from "node:assert/strict";
import { test } from "node:test";
import { coverageGroups, isOver, windowText } from "#page/components/windowStates.js";

const window = (start, end, more) => ({
  start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z`, state: "delivered", rows: null, overlaps: false, ...more,
});

test("short windows are grouped by month, long ones by year", () => {
  const days = [["2025-12-31", "2026-01-01"], ["2026-01-01", "2026-01-02"]].map(([start, end]) => window(start, end));
  assert.deepEqual(coverageGroups(days, "UTC").map(({ name }) => name), ["Dec 2025", "Jan 2026"]);
  const months = [["2026-01-01", "2026-02-01"], ["2026-02-01", "2026-03-01"]].map(([start, end]) => window(start, end));
  const groups = coverageGroups(months, "UTC");
  assert.deepEqual(groups.map(({ name, cells }) => [name, cells.map(({ index }) => index)]), [["2026", [0, 1]]]);
});

test("the month is that of the job's zone", () => {
  const [group] = coverageGroups([window("2026-01-01", "2026-01-02")], "America/New_York");
  assert.equal(group.name, "Dec 2025");
});

test("a window in words has its days, its state and known facts", () => {
  const cell = window("2026-01-01", "2026-01-03", { rows: 1, overlaps: true });
  assert.equal(windowText(cell, "UTC"), "1 Jan 2026 – 2 Jan 2026: Delivered, 1 row, overlaps another window");
  const next = { ...cell, state: "future", rows: null, overlaps: false };
  assert.equal(windowText(next, "UTC"), "1 Jan 2026 – 2 Jan 2026: Upcoming");
});

test("only windows that are over and not running can be re-exported", () => {
  const states = ["delivered", "failed", "missing", "early", "empty", "due", "running", "future"];
  const over = states.filter((state) => isOver({ state }));
  assert.deepEqual(over, ["delivered", "failed", "missing", "early", "empty"]);
});

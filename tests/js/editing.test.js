import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, editDraftOf, rebase, scheduleSummary } from "#page/pages/job/editing.js";

const SCHEDULE = {
  frequency: "daily", from: "2026-01-01", until: "2026-12-31", deliver_at: "02:00:00", time_zone: "UTC",
};
const JOB = {
  description: "d", owner: "o@example.org", recipients: ["a@example.org"], schedule_text: "Daily: each day",
  definition: { schedule: SCHEDULE, enabled: true },
  editable: [
    "description", "owner", "recipients", "enabled", "schedule.until", "schedule.deliver_at", "schedule.execute_on",
  ],
};
const CHECK = { issues: [], changes: [], windows_before: [], windows_after: [] };

test("a form shows minutes, and nothing has changed at first", () => {
  const draft = editDraftOf(JOB);
  assert.equal(draft.schedule.deliver_at, "02:00");
  assert.deepEqual(changesOf(JOB, draft), {});
});

test("only differences are sent, an emptied field as null", () => {
  const draft = editDraftOf(JOB);
  const schedule = { ...draft.schedule, until: "2026-06-30", execute_on: "" };
  assert.deepEqual(changesOf(JOB, { ...draft, owner: "p@example.org", schedule }), {
    owner: "p@example.org", schedule: { until: "2026-06-30" },
  });
  const monthly = { ...JOB, definition: { ...JOB.definition, schedule: { ...SCHEDULE, execute_on: "last" } } };
  const emptied = { ...editDraftOf(monthly), schedule: { ...editDraftOf(monthly).schedule, execute_on: "" } };
  assert.deepEqual(changesOf(monthly, emptied), { schedule: { execute_on: null } });
});

test("fixed fields are not sent", () => {
  const draft = { ...editDraftOf(JOB), owner: "p@example.org" };
  assert.deepEqual(changesOf({ ...JOB, editable: ["description"] }, draft), {});
});

test("editable values without a field in the form do not change", () => {
  const job = { ...JOB, editable: [...JOB.editable, "file.shape_change", "new"] };
  const draft = editDraftOf(job);
  assert.deepEqual(changesOf(job, draft), {});
  assert.deepEqual(changesOf(job, { ...draft, owner: "p@example.org" }), { owner: "p@example.org" });
});

test("changes are applied to the newest state of the job", () => {
  const definition = { enabled: true, schedule: { ...SCHEDULE, time_zone: "Asia/Tokyo" } };
  const newer = { ...JOB, description: "newer", definition };
  const draft = rebase(newer, { owner: "p@example.org", schedule: { until: "2026-06-30" } });
  assert.equal(draft.description, "newer");
  assert.equal(draft.owner, "p@example.org");
  assert.equal(draft.schedule.time_zone, "Asia/Tokyo");
  assert.equal(draft.schedule.until, "2026-06-30");
});

test("the summary is empty for a change that is unchecked or invalid", () => {
  const texts = (check, isFresh) => {
    const { schedule_text, first_delivery } = scheduleSummary(JOB, "UTC", check, isFresh);
    return [schedule_text, first_delivery];
  };
  const changes = [{ path: "schedule.until", before: "a", after: "b" }];
  const windows_after = [{ start: "", end: "", due: "2026-02-01T02:00:00Z", days: "31 January 2026" }];
  assert.deepEqual(texts(CHECK, false), ["", ""]);
  assert.deepEqual(texts({ ...CHECK, issues: [{ path: "", what: "", remedy: "" }] }, true), ["", ""]);
  assert.deepEqual(texts(CHECK, true), ["Daily: each day", "The schedule is not changed"]);
  assert.deepEqual(texts({ ...CHECK, changes }, true)[0], "No more deliveries");
  assert.deepEqual(texts({ ...CHECK, changes, windows_after }, true), [
    "Next delivery on 1 Feb 2026, 02:00 UTC", "It contains the data of 31 January 2026",
  ]);
});

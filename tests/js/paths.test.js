import assert from "node:assert/strict";
import { test } from "node:test";
import { airflowRunPath, jobPath, newPath, templatePath } from "#page/paths.js";

test("names are escaped, and missing parameters are left out", () => {
  assert.equal(newPath(), "/plugin/export-schedules/new");
  assert.equal(newPath("a&b"), "/plugin/export-schedules/new?from=a%26b");
  assert.equal(jobPath("a/b"), "/plugin/export-schedules/jobs/a%2Fb");
  assert.equal(jobPath("a", "log"), "/plugin/export-schedules/jobs/a?tab=log");
  assert.equal(templatePath("a b"), "/plugin/export-schedules/templates/a%20b");
  assert.equal(airflowRunPath("d", "manual__T00:00+00:00"), "/dags/d/runs/manual__T00%3A00%2B00%3A00");
});

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { ApiError, addressOf, prefetch, call, get, keyOf, lastAnswer, remember, withoutBlanks } from "#page/api.js";

// A timer of the page would keep this process waiting.
const { setTimeout: start } = globalThis;
globalThis.setTimeout = (act, ms) => start(act, ms).unref();

/** @type {{ method: string, url: string, headers: Record<string, string>, body: string }[]} */
let requests;
/** @type {{ status: number, body: string }} */
let answer;
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    requests.push({ method: request.method, url: request.url, headers: request.headers, body });
    response.writeHead(answer.status, { "Content-Type": "application/json" }).end(answer.body);
  });
});

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  globalThis.document = { baseURI: `http://127.0.0.1:${server.address().port}/team/` };
});
after(() => server.close());
beforeEach(() => {
  requests = [];
  answer = { status: 200, body: '{"ok": true}' };
});

test("addresses are below Airflow's own path, without blank parameters", () => {
  const query = { search: "a&b", state: "", limit: 50, gone: null, missing: undefined, dry_run: false };
  const url = addressOf("jobs", query, "https://airflow.example.org/team/");
  assert.equal(url.href, "https://airflow.example.org/team/export-jobs/api/jobs?search=a%26b&limit=50&dry_run=false");
});

test("bodies have no blank values, but keep false and zero", () => {
  const body = { a: "", b: null, c: undefined, d: [], e: false, f: 0, g: {}, h: ["x"] };
  assert.deepEqual(withoutBlanks(body), { e: false, f: 0, g: {}, h: ["x"] });
});

test("a GET has no body, a write has a body and its version", async () => {
  assert.deepEqual(await call("me"), { ok: true });
  await call("jobs/a", { method: "PATCH", body: { owner: "x" }, version: 3 });
  const [question, write] = requests;
  assert.deepEqual([question.method, question.url, question.body], ["GET", "/team/export-jobs/api/me", ""]);
  assert.deepEqual([write.method, write.body, write.headers["if-match"]], ["PATCH", '{"owner":"x"}', '"3"']);
  assert.equal(write.headers["content-type"], "application/json");
});

test("an answer without content is null", async () => {
  answer = { status: 204, body: "" };
  assert.equal(await call("templates/a", { method: "DELETE" }), null);
});

test("a refused request throws an error with the server's issues", async () => {
  const errors = [{ path: "name", what: "the name is taken", remedy: "Choose another", level: "error" }];
  answer = { status: 422, body: JSON.stringify({ errors }) };
  await assert.rejects(call("jobs", { method: "POST", body: {} }), (error) => {
    assert.equal(error instanceof ApiError, true);
    assert.deepEqual([error.status, error.issues, error.message], [422, errors, "The name is taken. Choose another."]);
    return true;
  });
});

test("a proxy's error page is an error with its status", async () => {
  answer = { status: 502, body: "<html>Bad Gateway</html>" };
  await assert.rejects(call("me"), { status: 502, message: /^Airflow answered with 502\./ });
});

test("an unreachable server is an ApiError, an aborted request is not", async () => {
  const { baseURI } = globalThis.document;
  globalThis.document = { baseURI: "http://127.0.0.1:1/" };
  await assert.rejects(call("me"), { status: 0, message: /^Airflow does not answer\./ });
  globalThis.document = { baseURI };
  await assert.rejects(call("me", { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("a prefetched answer is used once", async () => {
  prefetch("jobs", { limit: 50 });
  const signal = new AbortController().signal;
  assert.deepEqual(await get("jobs", { limit: 50 }, signal), { ok: true });
  assert.equal(requests.length, 1);
  await get("jobs", { limit: 50 }, signal);
  assert.equal(requests.length, 2);
});

test("the last answers are remembered until something is written, forty at most", async () => {
  for (let index = 0; index <= 40; index += 1) remember(keyOf(`jobs/${index}`), index);
  assert.equal(lastAnswer(keyOf("jobs/0")), null);
  assert.equal(lastAnswer(keyOf("jobs/40")), 40);
  await call("jobs/1/pause", { method: "POST" });
  assert.equal(lastAnswer(keyOf("jobs/40")), null);
});

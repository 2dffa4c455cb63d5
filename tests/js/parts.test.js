import assert from "node:assert/strict";
import { test } from "node:test";
import { expiryText, fingerprintText } from "#page/keys.js";
import { fileText, inFormat } from "#page/pages/create/draft.js";
import { manifestAs, manifestOf } from "#page/pages/create/parts.js";
import { withPreset } from "#page/pages/create/presetChoice.js";

const ENCRYPTED = { encryption: { keys: ["acme"], armour: true }, split: { bytes: 5 }, manifest: "none" };

test("another format or preset keeps encryption, parts and manifest", () => {
  assert.deepEqual(inFormat(ENCRYPTED, "jsonl"), { ...ENCRYPTED, format: "jsonl", compression: undefined });
  assert.equal("split" in inFormat(ENCRYPTED, "parquet"), false);
  assert.deepEqual(inFormat({ split: { rows: 5 } }, "parquet").split, { rows: 5 });
  assert.equal("split" in inFormat({ ...ENCRYPTED, encoding: "utf-16" }, "csv"), false);
  assert.deepEqual(withPreset(ENCRYPTED, "").encryption, ENCRYPTED.encryption);
});

test("the place of a manifest is one choice of three", () => {
  for (const place of ["beside", "folder", "none"]) assert.equal(manifestOf(manifestAs(place)), place);
  assert.equal(manifestOf({ manifest: "beside", manifest_folder: "" }), "beside");
});

test("encryption, parts and manifest are summarized", () => {
  assert.match(fileText(ENCRYPTED), /, encrypted to acme, in parts, without a manifest\. /);
});

test("a key is shown with its fingerprint and its expiry", () => {
  assert.equal(fingerprintText("AB12CD34EF"), "AB12 CD34 EF");
  assert.equal(expiryText({ expires_at: null }), "never expires");
  const now = Date.parse("2026-01-01T00:00:00Z");
  assert.match(expiryText({ expires_at: "2026-01-02T00:00:00Z" }, now), /^expires 2 Jan 2026/);
  assert.match(expiryText({ expires_at: "2025-01-02T00:00:00Z" }, now), /^expired 2 Jan 2025/);
});

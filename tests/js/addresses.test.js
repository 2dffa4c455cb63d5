import assert from "node:assert/strict";
import { test } from "node:test";
import { addressesIn, isAddress } from "#page/components/addresses.js";

test("pasted lists from Outlook, Gmail and spreadsheets are parsed", () => {
  const outlook = "Doe, Jane <jane@example.org>; Roe, Richard <richard@example.org>;";
  assert.deepEqual(addressesIn(outlook), ["jane@example.org", "richard@example.org"]);
  const gmail = '"Jane Doe" <jane@example.org>, bob@example.org';
  assert.deepEqual(addressesIn(gmail), ["jane@example.org", "bob@example.org"]);
  assert.deepEqual(addressesIn("a@example.org\nb@example.org\tc@example.org"), [
    "a@example.org", "b@example.org", "c@example.org",
  ]);
  assert.deepEqual(addressesIn("x@example.org Jane <mailto:jane@example.org>"), ["x@example.org", "jane@example.org"]);
});

test("invalid addresses are kept, and duplicates are removed", () => {
  assert.deepEqual(addressesIn("a@example.org, not-one, A@EXAMPLE.ORG"), ["a@example.org", "not-one"]);
  assert.equal(isAddress("a@example.org"), true);
  for (const odd of ["a@b", "not-one", "a b@example.org", ""]) assert.equal(isAddress(odd), false, odd);
});

test("three hundred addresses are parsed at once", () => {
  const many = Array.from({ length: 300 }, (_, index) => `Person ${index} <p${index}@example.org>`);
  assert.equal(addressesIn(many.join("; ")).length, 300);
});

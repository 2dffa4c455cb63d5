// Mail addresses as people paste them: lines, commas, semicolons, "Doe, Jane" <jane@example.org>.
const PLAUSIBLE = /^[^\s@<>"(),;]+@[^\s@<>"(),;]+\.[^\s@<>"(),;]+$/;
const ENTRY = /[\s,;]+/;
const trimmed = (/** @type {string} */ text) => text.replace(/^["'<(]+|["'>).]+$/g, "");

/** @param {string} text */
export const isAddress = (text) => PLAUSIBLE.test(text);

// Text before a <…> is a name, unless it contains an address. Everything else is an entry, so that invalid addresses
// stay visible and are not lost.
/** @param {string} text @returns {string[]} */
export function addressesIn(text) {
  const entries = (/** @type {string} */ part) => part.split(ENTRY).map(trimmed).filter(Boolean);
  /** @type {string[]} */
  const found = [];
  let from = 0;
  for (const match of text.matchAll(/<\s*(?:mailto:)?([^<>\s]+)\s*>/g)) {
    found.push(...entries(text.slice(from, match.index)).filter((entry) => entry.includes("@")), match[1]);
    from = match.index + match[0].length;
  }
  found.push(...entries(text.slice(from)));
  return withoutDoubles(found);
}

// Addresses that differ only in case are nearly always the same mailbox; the first one stays.
/** @param {string[]} addresses */
export const withoutDoubles = (addresses) => {
  const known = new Map();
  for (const address of addresses) {
    if (!known.has(address.toLowerCase())) known.set(address.toLowerCase(), address);
  }
  return [...known.values()];
};

// Search, filters, order and page of a list, as stored in the address; defaults are left out there.

/** @template {Record<string, string>} F @param {URLSearchParams} params @param {F} defaults @returns {F} */
export const filtersOf = (params, defaults) =>
  /** @type {F} */ (
    Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, params.get(name) ?? value]))
  );

// The address after a change. It returns to the first page unless the page itself changes.
/**
 * @param {URLSearchParams} params
 * @param {Partial<Record<string, string>>} changes
 * @param {Record<string, string>} defaults
 */
export function withFilters(params, changes, defaults) {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries({ offset: defaults.offset, ...changes })) {
    if (value === undefined || value === defaults[name]) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

// Whether the texts contain all words of a search.
/** @param {string} search @param {(string | undefined)[]} texts */
export function isMatch(search, texts) {
  const text = texts.join(" ").toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// The filters of the list of jobs; page.js requests the list before it is rendered.
export const JOB_FILTERS = {
  search: "", frequency: "", status: "", state: "", destination: "", owner: "", mine: "", sort: "name", offset: "0",
};

/** @param {typeof JOB_FILTERS} filters */
export const jobQuery = (filters) => ({ ...filters, limit: 50 });

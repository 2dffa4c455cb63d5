// The filters of a list, stored in the address, so that it can be shared and Back works.
import { filtersOf, withFilters } from "./filters.js";
import { Router, useCallback, useMemo } from "./host.js";

/** @template {Record<string, string>} F @param {F} defaults a constant of its module */
export function useFilters(defaults) {
  const [params, setParams] = Router.useSearchParams();
  const filters = useMemo(() => filtersOf(params, defaults), [params, defaults]);
  const change = useCallback(
    (/** @type {Partial<F>} */ changes, { replace = false } = {}) => {
      // `params` is outdated until the next render; a second change before that must not undo the first.
      const now = new URLSearchParams(window.location.search);
      setParams(withFilters(now, changes, defaults), { replace });
    },
    [setParams, defaults],
  );
  return { filters, change };
}

// What is searched, filtered, sorted and paged, kept in the address: it can be shared, and Back works.
import { Router, useCallback, useMemo } from "../../host.js";

const DEFAULTS = { search: "", frequency: "", status: "", state: "", sort: "name", offset: "0" };
export const LIMIT = 50;

export const filtersOf = (params) =>
  Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, params.get(name) ?? value]));

// What the list asks for; page.js asks for it before the list is drawn.
export const queryOf = (filters) => ({ ...filters, limit: LIMIT });

export function useFilters() {
  const [params, setParams] = Router.useSearchParams();
  const filters = useMemo(() => filtersOf(params), [params]);
  const change = useCallback(
    (changes, { replace = false } = {}) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries({ offset: "0", ...changes })) {
            if (String(value) === DEFAULTS[name]) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace },
      );
    },
    [setParams],
  );
  const isFiltered = ["search", "frequency", "status", "state"].some((name) => filters[name] !== "");
  return { filters, change, isFiltered };
}

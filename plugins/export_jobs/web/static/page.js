// The page "Export Schedules": what Airflow loads, and the routes below it.
import { Announcer } from "./components/Announcer.js";
import { askEarly } from "./api.js";
import { Problem } from "./components/Problem.js";
import { Chakra, React, Router, html } from "./host.js";
import { PAGES } from "./pages.js";
import { filtersOf, queryOf } from "./pages/list/useFilters.js";
import { listPath } from "./paths.js";
import { takeOver } from "./takeOver.js";

// The list is what most people come for, so it is asked for while Airflow still makes room for it.
if (window.location.pathname.endsWith(listPath())) {
  askEarly("me");
  askEarly("jobs", queryOf(filtersOf(new URLSearchParams(window.location.search))));
}

const MISSING = { message: "There is no such page. Go back to the list of export schedules" };

export function ExportSchedules() {
  return html`<${Chakra.Box} maxW="1400px" mx="auto" px=${{ base: 3, md: 6 }} py=${5} width="100%">
    <${React.Suspense} fallback=${html`<${Chakra.Skeleton} height=${7} width="14rem" />`}>
      <${Router.Routes}>
        ${Object.values(PAGES).map(
          ({ path, component }) =>
            html`<${Router.Route} key=${path} path=${path === "/" ? "" : path} element=${html`<${component} />`} />`,
        )}
        <${Router.Route} path="*" element=${html`<${Problem} error=${MISSING} />`} />
      <//>
    <//>
    <${Announcer} />
  <//>`;
}

takeOver("Export Schedules", ExportSchedules);
export default ExportSchedules;

// The page "Export Schedules": what Airflow loads, and the routes below it.
import { prefetch } from "./api.js";
import { Announcer } from "./components/Announcer.js";
import { Problem } from "./components/Notice.js";
import { JOB_FILTERS, filtersOf, jobQuery } from "./filters.js";
import { Chakra, React, Router, html } from "./host.js";
import { PAGES } from "./pages.js";
import { listPath } from "./paths.js";
import { takeOver } from "./takeOver.js";

// Most people open the list, so it is requested while Airflow is still preparing the page.
if (window.location.pathname.endsWith(listPath())) {
  prefetch("me");
  prefetch("jobs", jobQuery(filtersOf(new URLSearchParams(window.location.search), JOB_FILTERS)));
}

const MISSING = { message: "This page does not exist. Go back to the list of export schedules" };

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

// The page "Export Schedules": what Airflow loads, and the routes below it.
import { Announcer } from "./components/Announcer.js";
import { Chakra, Router, html } from "./host.js";
import { PAGES } from "./pages.js";

export function ExportSchedules() {
  return html`<${Announcer}>
    <${Chakra.Box} as="main" maxW="1400px" mx="auto" px=${{ base: 3, md: 6 }} py=${5} width="100%">
      <${Router.Routes}>
        ${Object.values(PAGES).map(
          ({ path, component }) =>
            html`<${Router.Route} key=${path} path=${path === "/" ? "" : path} element=${html`<${component} />`} />`,
        )}
      <//>
    <//>
  <//>`;
}

globalThis["Export Schedules"] = ExportSchedules;
export default ExportSchedules;

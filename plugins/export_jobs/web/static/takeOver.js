// Airflow first renders a plugin's page through a lazy component, and the component itself when it renders the route
// again. Until then React delays the page by 300 ms, and the first change of the query restarts it and loses what
// somebody has typed. So this makes the router render the route again as soon as the page is loaded.
import { Chakra, html, useEffect, useState } from "./host.js";

const WAIT_MS = 300;

/** @param {string} name @param {Page.Component} Page */
export function takeOver(name, Page) {
  globalThis.AirflowPlugin = function Placeholder() {
    const [isOver, setOver] = useState(false);
    useEffect(() => {
      const timer = setTimeout(() => setOver(true), WAIT_MS); // in case Airflow does not render the route again
      return () => clearTimeout(timer);
    }, []);
    return isOver ? html`<${Page} />` : html`<${Chakra.Skeleton} height=${7} width="14rem" m=${6} />`;
  };
  // Airflow reads the line above right after the import, before any timer.
  setTimeout(() => {
    Object.assign(globalThis, { [name]: Page });
    window.dispatchEvent(new PopStateEvent("popstate", { state: window.history.state }));
  });
}

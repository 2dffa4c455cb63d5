// Airflow first shows a plugin's page through a lazy component, and the component itself once it draws the route again.
// By then React would delay the page by 300 ms, and the first change of the query would restart it and lose what
// somebody has typed. So the router is made to draw the route again as soon as the page is loaded.
import { Chakra, html, useEffect, useState } from "./host.js";

const WAIT_MS = 300;

/** @param {string} name @param {Page.Component} Page */
export function takeOver(name, Page) {
  globalThis.AirflowPlugin = function Placeholder() {
    const [isOver, setOver] = useState(false);
    useEffect(() => {
      const timer = setTimeout(() => setOver(true), WAIT_MS); // in case Airflow does not draw the route again
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

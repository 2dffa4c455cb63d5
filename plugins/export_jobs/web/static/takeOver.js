// Airflow shows a plugin's page through a lazy component at first, and takes the component itself as soon as it draws
// the route again. Left to that, React would keep the page back for 300 ms after the spinner, and a first change of
// the query would begin the page anew and lose what somebody had typed. So the router is asked to look again once the
// page is there.
import { Chakra, html, useEffect, useState } from "./host.js";

const WAIT_MS = 300;

/** @param {string} name @param {Page.Component} Page */
export function takeOver(name, Page) {
  globalThis.AirflowPlugin = function Placeholder() {
    const [isOver, setOver] = useState(false);
    useEffect(() => {
      const timer = setTimeout(() => setOver(true), WAIT_MS); // an Airflow that does not look again
      return () => clearTimeout(timer);
    }, []);
    return isOver ? html`<${Page} />` : html`<${Chakra.Skeleton} height=${7} width="14rem" m=${6} />`;
  };
  // Airflow reads the line above when the import has ended, which is before any timer.
  setTimeout(() => {
    Object.assign(globalThis, { [name]: Page });
    window.dispatchEvent(new PopStateEvent("popstate", { state: window.history.state }));
  });
}

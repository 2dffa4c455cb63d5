// Results of actions: shown in a corner, read by screen readers, and removed after a while unless they are errors. They
// live in this module, because Airflow restarts the page at every change of its path.
import { Chakra, html, useEffect, useState } from "../host.js";
import { Notice } from "./Notice.js";

const SHOWN_MS = 6000;
const AT_MOST = 4;
/** @type {Page.Message[]} */
let messages = [];
/** @type {(messages: Page.Message[]) => void} */
let show = () => {};
let lastId = 0;

/** @param {Page.Message[]} next */
function replace(next) {
  messages = next;
  show(messages);
}

/** @param {number} id */
const drop = (id) => replace(messages.filter((message) => message.id !== id));

/** @param {string} text @param {Page.Status} [status] */
export function announce(text, status = "success") {
  lastId += 1;
  const id = lastId;
  replace([...messages, { id, text, status }].slice(-AT_MOST));
  if (status !== "error") setTimeout(() => drop(id), SHOWN_MS);
}

export function Announcer() {
  // Empty at first: a screen reader announces only what is added to a region that exists.
  const [shown, setShown] = useState(/** @type {Page.Message[]} */ ([]));
  useEffect(() => {
    show = setShown;
    show(messages);
    return () => {
      show = () => {};
      messages = messages.filter(({ status }) => status !== "error"); // not relevant on another page
    };
  }, []);
  return html`<${Chakra.Stack} position="fixed" bottom=${4} insetEnd=${4} gap=${2} zIndex="toast" maxW="sm"
    role="status" aria-live="polite">
    ${shown.map(
      ({ id, text, status }) => html`<${Notice} key=${id} status=${status} boxShadow="md"
        action=${html`<${Chakra.CloseButton} size="xs" aria-label="Dismiss" onClick=${() => drop(id)} />`}>${text}<//>`,
    )}
  <//>`;
}

// Outcomes of what a person did: seen in a corner, read aloud by screen readers, gone by themselves unless they are errors.
// They are kept beside the page, which Airflow begins anew at every change of its path.
import { Chakra, html, useEffect, useState } from "../host.js";

const SHOWN_MS = 6000;
const AT_MOST = 4;
let messages = [];
let show = () => {};
let lastId = 0;

function keep(changed) {
  messages = changed;
  show(messages);
}

const drop = (id) => keep(messages.filter((message) => message.id !== id));

export function announce(text, kind = "success") {
  const id = ++lastId;
  keep([...messages, { id, text, kind }].slice(-AT_MOST));
  if (kind !== "error") setTimeout(() => drop(id), SHOWN_MS);
}

export function Announcer() {
  const [shown, setShown] = useState([]); // a screen reader reads what comes into a region that was there before
  useEffect(() => {
    show = setShown;
    show(messages);
    return () => {
      show = () => {};
      messages = messages.filter(({ kind }) => kind !== "error"); // what failed on a page that was left troubles nobody
    };
  }, []);
  return html`<${Chakra.Stack} position="fixed" bottom=${4} insetEnd=${4} gap=${2} zIndex="toast" maxW="sm" role="status" aria-live="polite">
    ${shown.map(
      ({ id, text, kind }) => html`<${Chakra.Alert.Root} key=${id} status=${kind} variant="surface" boxShadow="md">
        <${Chakra.Alert.Indicator} />
        <${Chakra.Alert.Description} flex="1">${text}<//>
        <${Chakra.CloseButton} size="xs" aria-label="Dismiss" onClick=${() => drop(id)} />
      <//>`,
    )}
  <//>`;
}

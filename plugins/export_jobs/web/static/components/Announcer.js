// Outcomes of what a person did: seen in a corner, read aloud by screen readers, gone by themselves unless they are errors.
import { Chakra, React, html, useCallback, useMemo, useState } from "../host.js";

const Context = React.createContext(() => {});
const SHOWN_MS = 6000;

export const useAnnounce = () => React.useContext(Context);

export function Announcer({ children }) {
  const [messages, setMessages] = useState([]);
  const drop = useCallback((id) => setMessages((all) => all.filter((message) => message.id !== id)), []);
  const announce = useMemo(
    () => (text, kind = "success") => {
      const id = crypto.getRandomValues(new Uint32Array(1))[0];
      setMessages((all) => [...all.slice(-3), { id, text, kind }]);
      if (kind !== "error") setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  return html`<${Context.Provider} value=${announce}>
    ${children}
    <${Chakra.Stack} position="fixed" bottom=${4} insetEnd=${4} gap=${2} zIndex="toast" maxW="sm" role="status" aria-live="polite">
      ${messages.map(
        ({ id, text, kind }) => html`<${Chakra.Alert.Root} key=${id} status=${kind} variant="surface" boxShadow="md">
          <${Chakra.Alert.Indicator} />
          <${Chakra.Alert.Description} flex="1">${text}<//>
          <${Chakra.CloseButton} size="xs" aria-label="Dismiss" onClick=${() => drop(id)} />
        <//>`,
      )}
    <//>
  <//>`;
}

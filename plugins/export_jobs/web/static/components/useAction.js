// An action of a person: whether it is running, and its error, to show next to its button.
import { useState } from "../host.js";

/** @template {unknown[]} A @param {(...parameters: A) => Promise<unknown>} action @returns {Page.Action<A>} */
export function useAction(action) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const run = async (/** @type {A} */ ...parameters) => {
    setBusy(true);
    setError(null);
    try {
      await action(...parameters);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return { isBusy, error, run, clear: () => setError(null) };
}

// A dialog that prepares something which can be done again: its verb works once everything is there.
import { Chakra, html, useState } from "../host.js";
import { Problem } from "./Problem.js";

export function TaskDialog({ title, children, verb, isReady = true, onAct, onClose }) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const act = async () => {
    setBusy(true);
    setError(null);
    try {
      await onAct();
      onClose();
    } catch (failure) {
      setError({ issues: failure.issues?.map((issue) => ({ ...issue, path: "" })), message: failure.message });
      setBusy(false);
    }
  };
  return html`<${Chakra.Dialog.Root} open size="md" placement="center" scrollBehavior="inside"
    onOpenChange=${({ open }) => !open && !isBusy && onClose()}>
    <${Chakra.Portal}>
      <${Chakra.Dialog.Backdrop} />
      <${Chakra.Dialog.Positioner}>
        <${Chakra.Dialog.Content}>
          <${Chakra.Dialog.Header}><${Chakra.Dialog.Title}>${title}<//><//>
          <${Chakra.Dialog.Body}><${Chakra.Stack} gap=${4}>${children}${error && html`<${Problem} error=${error} />`}<//><//>
          <${Chakra.Dialog.Footer}>
            <${Chakra.Button} variant="outline" disabled=${isBusy} onClick=${onClose}>Cancel<//>
            <${Chakra.Button} colorPalette="brand" loading=${isBusy} disabled=${!isReady} onClick=${act}>${verb}<//>
          <//>
        <//>
      <//>
    <//>
  <//>`;
}

// A question before something that cannot be taken back: it names what will happen, and the safe answer has the focus.
import { Chakra, html, useRef, useState } from "../host.js";
import { Problem } from "./Problem.js";

export function ConfirmDialog({ title, children, verb, color = "red", onConfirm, onClose }) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const cancel = useRef(null);
  const act = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return html`<${Chakra.Dialog.Root} open role="alertdialog" size="sm" placement="center" initialFocusEl=${() => cancel.current}
    onOpenChange=${({ open }) => !open && !isBusy && onClose()}>
    <${Chakra.Portal}>
      <${Chakra.Dialog.Backdrop} />
      <${Chakra.Dialog.Positioner}>
        <${Chakra.Dialog.Content}>
          <${Chakra.Dialog.Header}><${Chakra.Dialog.Title}>${title}<//><//>
          <${Chakra.Dialog.Body}><${Chakra.Stack} gap=${4}>${children}${error && html`<${Problem} error=${error} />`}<//><//>
          <${Chakra.Dialog.Footer}>
            <${Chakra.Button} ref=${cancel} variant="outline" disabled=${isBusy} onClick=${onClose}>Cancel<//>
            <${Chakra.Button} colorPalette=${color} loading=${isBusy} onClick=${act}>${verb}<//>
          <//>
        <//>
      <//>
    <//>
  <//>`;
}

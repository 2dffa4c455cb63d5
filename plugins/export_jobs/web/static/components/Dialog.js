// Dialogs: a title, contents, and buttons below. A busy dialog cannot be closed.
import { Chakra, html, useRef } from "../host.js";
import { Problem } from "./Notice.js";
import { useAction } from "./useAction.js";

/** @param {Props.Dialog} props */
export function Dialog({ title, footer, isBusy = false, onClose, children, ...rest }) {
  return html`<${Chakra.Dialog.Root} open scrollBehavior="inside" ...${rest}
    onOpenChange=${({ open }) => !open && !isBusy && onClose()}>
    <${Chakra.Portal}>
      <${Chakra.Dialog.Backdrop} />
      <${Chakra.Dialog.Positioner}>
        <${Chakra.Dialog.Content}>
          <${Chakra.Dialog.Header}><${Chakra.Dialog.Title}>${title}<//><//>
          <${Chakra.Dialog.Body}><${Chakra.Stack} gap=${4}>${children}<//><//>
          <${Chakra.Dialog.Footer}>${footer}<//>
        <//>
      <//>
    <//>
  <//>`;
}

// A question before something that cannot be undone. The safe answer has the focus.
/** @param {Props.ConfirmDialog} props */
export function ConfirmDialog({ title, children, verb, onConfirm, onClose }) {
  const cancel = useRef(null);
  const { isBusy, error, run } = useAction(async () => {
    await onConfirm();
    onClose();
  });
  const footer = html`
    <${Chakra.Button} ref=${cancel} variant="outline" disabled=${isBusy} onClick=${onClose}>Cancel<//>
    <${Chakra.Button} colorPalette="red" loading=${isBusy} onClick=${run}>${verb}<//>`;
  return html`<${Dialog} role="alertdialog" size="sm" placement="center" initialFocusEl=${() => cancel.current}
    title=${title} footer=${footer} isBusy=${isBusy} onClose=${onClose}>
    ${children}
    ${error && html`<${Problem} error=${error} />`}
  <//>`;
}

// A dialog for an action that can be repeated. Its button works once the input is complete.
/** @param {Props.TaskDialog} props */
export function TaskDialog({ title, children, verb, isReady = true, onAct, onClose }) {
  const { isBusy, error, run } = useAction(async () => {
    await onAct();
    onClose();
  });
  const footer = html`
    <${Chakra.Button} variant="outline" disabled=${isBusy} onClick=${onClose}>Cancel<//>
    <${Chakra.Button} colorPalette="brand" loading=${isBusy} disabled=${!isReady} onClick=${run}>${verb}<//>`;
  return html`<${Dialog} size="md" placement="center" title=${title} footer=${footer} isBusy=${isBusy}
    onClose=${onClose}>
    ${children}
    ${error && html`<${Problem} error=${error} hasPaths=${false} />`}
  <//>`;
}

// What the server refused, all of it at once; with a way to try again where that makes sense.
import { Chakra, html } from "../host.js";

export function Problem({ error, onRetry = null }) {
  return html`<${Chakra.Alert.Root} status="error" variant="surface" role="alert">
    <${Chakra.Alert.Indicator} />
    <${Chakra.Alert.Description} flex="1">
      ${(error.issues ?? [{ path: "", what: error.message, remedy: "" }]).map(
        ({ path, what, remedy }, index) => html`<${Chakra.Text} key=${index}>
          ${path && html`<strong>${path}: </strong>`}${what}. ${remedy && `${remedy}.`}
        <//>`,
      )}
    <//>
    ${onRetry && html`<${Chakra.Button} size="xs" variant="outline" onClick=${onRetry}>Try again<//>`}
  <//>`;
}

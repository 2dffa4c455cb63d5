// The "More" of a row: only what this person may do.
import { Chakra, html } from "../host.js";
import { Icon } from "./icons.js";

export function ActionMenu({ label, items }) {
  if (items.length === 0) return null;
  return html`<${Chakra.Menu.Root} positioning=${{ placement: "bottom-end" }}>
    <${Chakra.Menu.Trigger} asChild>
      <${Chakra.IconButton} size="xs" variant="ghost" aria-label=${label}><${Icon} name="more" /><//>
    <//>
    <${Chakra.Portal}>
      <${Chakra.Menu.Positioner}>
        <${Chakra.Menu.Content}>
          ${items.map(
            ({ value, words, onSelect, isGrave }) => html`<${Chakra.Menu.Item} key=${value} value=${value}
              color=${isGrave ? "red.fg" : undefined} onClick=${onSelect}>${words}<//>`,
          )}
        <//>
      <//>
    <//>
  <//>`;
}

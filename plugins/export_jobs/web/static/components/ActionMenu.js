// The "More" of a row: only what this person may do. The menu itself is made when it is first asked for, since a list has
// hundreds of them.
import { Chakra, html, useState } from "../host.js";
import { Icon } from "./icons.js";

export function ActionMenu({ label, items }) {
  const [isMade, setMade] = useState(false);
  if (items.length === 0) return null;
  const button = (more) => html`<${Chakra.IconButton} size="xs" variant="ghost" aria-label=${label} ...${more}><${Icon} name="more" /><//>`;
  if (!isMade) return button({ "aria-haspopup": "menu", "aria-expanded": false, onClick: () => setMade(true) });
  return html`<${Chakra.Menu.Root} defaultOpen positioning=${{ placement: "bottom-end" }}>
    <${Chakra.Menu.Trigger} asChild>${button({})}<//>
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

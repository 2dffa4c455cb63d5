// The "More" menu of a row, with only the actions that this person may do. It is created on the first click, because a
// list has hundreds of them.
import { Chakra, html, useState } from "../host.js";
import { Icon } from "./icons.js";

/** @param {Props.ActionMenu} props */
export function ActionMenu({ label, items }) {
  const [wasOpened, setOpened] = useState(false);
  if (items.length === 0) return null;
  const button = (/** @type {object} */ more) => html`<${Chakra.IconButton} size="xs" variant="ghost"
    aria-label=${label} ...${more}><${Icon} name="more" /><//>`;
  if (!wasOpened) return button({ "aria-haspopup": "menu", "aria-expanded": false, onClick: () => setOpened(true) });
  return html`<${Chakra.Menu.Root} defaultOpen positioning=${{ placement: "bottom-end" }}>
    <${Chakra.Menu.Trigger} asChild>${button({})}<//>
    <${Chakra.Portal}>
      <${Chakra.Menu.Positioner}>
        <${Chakra.Menu.Content}>
          ${items.map(
            ({ value, words, onSelect, isDangerous }) => html`<${Chakra.Menu.Item} key=${value} value=${value}
              color=${isDangerous ? "red.fg" : undefined} onClick=${onSelect}>${words}<//>`,
          )}
        <//>
      <//>
    <//>
  <//>`;
}

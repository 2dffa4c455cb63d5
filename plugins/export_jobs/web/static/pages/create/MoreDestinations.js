// More destinations for the same files. Each has its own retries; a failure at one does not delay the others.
import { Checkbox } from "../../components/Checkbox.js";
import { Group } from "../../components/Field.js";
import { Chakra, html } from "../../host.js";

/** @param {Props.MoreDestinations} props */
export function MoreDestinations({ value, destinations, issues, onChange }) {
  const toggle = (/** @type {string} */ tag) =>
    onChange(value.includes(tag) ? value.filter((other) => other !== tag) : [...value, tag]);
  return html`<${Group} label="Also deliver to" issues=${issues}>
    <${Chakra.Box} as="details" fontSize="sm" width="100%" open=${issues.length > 0 || undefined}>
      <${Chakra.Box} as="summary" cursor="pointer">
        ${value.length > 0 ? value.join(", ") : "No other destination"}<//>
      <${Chakra.Stack} as="ul" listStyleType="none" gap=${1} pt=${1} maxH="12rem" overflowY="auto">
        ${destinations.map(({ tag, kind }) => html`<li key=${tag}>
          <${Checkbox} checked=${value.includes(tag)} onChange=${() => toggle(tag)}>
            ${tag} (${kind.toUpperCase()})<//>
        </li>`)}
      <//>
    <//>
  <//>`;
}

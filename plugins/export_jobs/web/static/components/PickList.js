// Choose several of many: a search field, a list with descriptions by group, and the chosen options in order.
import { isMatch } from "../filters.js";
import { Chakra, html, useMemo, useState } from "../host.js";
import { Checkbox } from "./Checkbox.js";
import { SearchField } from "./SearchField.js";
import { groupsOf } from "./template/offers.js";

const FEW = 5; // a short list needs no buttons

/** @param {Props.PickList} props */
export function PickList({ label, placeholder, options, chosen, onChange, most = Infinity }) {
  const [search, setSearch] = useState("");
  const titles = useMemo(() => new Map(options.map(({ key, title }) => [key, title])), [options]);
  const matches = options.filter(({ title, key, description }) => isMatch(search, [title, key, description]));
  const isFull = chosen.length >= most;
  const toggle = (/** @type {string} */ key) =>
    onChange(chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key]);
  const add = (/** @type {Page.Offer[]} */ offers) =>
    onChange([...new Set([...chosen, ...offers.map(({ key }) => key)])]);
  const entry = (/** @type {Page.Offer} */ { key, title, note, description }) => {
    const isChosen = chosen.includes(key);
    return html`<${Chakra.Box} as="li" key=${key} px=${3} py=${1.5} borderBottomWidth="1px"
      _last=${{ borderBottomWidth: 0 }}>
      <${Checkbox} isTop width="100%" checked=${isChosen} disabled=${isFull && !isChosen}
        onChange=${() => toggle(key)}>
        <${Chakra.Text} as="span">${title}<//>
        ${note && html`<${Chakra.Text} as="span" fontSize="xs" color="fg.muted" ps=${2}>${note}<//>`}
        ${description && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${description}<//>`}
      <//>
    <//>`;
  };
  return html`<${Chakra.Stack} gap=${2} width="100%">
    <${Chakra.HStack} wrap="wrap" gap=${1.5} minH=${6}>
      ${chosen.length === 0 && html`<${Chakra.Text} fontSize="xs" color="fg.muted">None selected<//>`}
      ${chosen.map(
        (key) => html`<${Chakra.Tag.Root} key=${key} size="md" colorPalette=${titles.has(key) ? "gray" : "red"}>
          <${Chakra.Tag.Label}>${titles.get(key) ?? `${key} (not available)`}<//>
          <${Chakra.Tag.EndElement}>
            <${Chakra.Tag.CloseTrigger} aria-label=${`Remove ${titles.get(key) ?? key}`} onClick=${() => toggle(key)} />
          <//>
        <//>`,
      )}
    <//>
    <${SearchField} label=${placeholder} placeholder=${placeholder} value=${search} onSearch=${setSearch} />
    ${options.length > FEW && html`<${Chakra.HStack} gap=${2} fontSize="xs" color="fg.muted">
      ${most === Infinity && html`<${Chakra.Button} size="2xs" variant="outline"
        onClick=${() => add(matches)}>
        ${search ? "Select these" : "Select all"}<//>`}
      <${Chakra.Button} size="2xs" variant="outline" disabled=${chosen.length === 0} onClick=${() => onChange([])}>
        Select none<//>
      <span role="status">${chosen.length} of ${options.length} selected${search && `, ${matches.length} found`}</span>
    <//>`}
    <${Chakra.Box} borderWidth="1px" borderRadius="md" maxH="15rem" overflowY="auto" tabIndex=${0} role="region"
      aria-label=${label}>
      ${matches.length === 0 && html`<${Chakra.Text} p=${3} fontSize="sm" color="fg.muted">No matches.<//>`}
      ${groupsOf(matches, options).map(({ heading, offers }) => html`<${Chakra.Box} key=${heading}>
        ${heading && html`<${Chakra.Flex} position="sticky" top=${0} zIndex=${1} bg="bg.subtle" px=${3} py=${1} gap=${2}
          align="center" justify="space-between" fontSize="xs" fontWeight="medium" color="fg.muted">
          <span>${heading}</span>
          ${most === Infinity && offers.length > 1 && html`<${Chakra.Button} size="2xs" variant="ghost" height=${5}
            aria-label=${`Select all of ${heading}`} onClick=${() => add(offers)}>Select all<//>`}
        <//>`}
        <${Chakra.Box} as="ul" listStyleType="none" aria-label=${heading || label}>${offers.map(entry)}<//>
      <//>`)}
    <//>
    ${isFull && html`<${Chakra.Text} fontSize="xs" color="fg.muted" role="status">
      You have selected ${most}, which is the maximum.<//>`}
  <//>`;
}

// Choose several of many: a search, a list with descriptions, and what is chosen, in its order.
import { Chakra, html, useMemo, useState } from "../host.js";
import { Icon } from "./icons.js";

const matches = (option, words) => {
  const text = [option.title, option.key, option.description, option.group].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
};

export function PickList({ label, options, chosen, onChange, most = Infinity, placeholder = "Search", height = "15rem" }) {
  const [search, setSearch] = useState("");
  const known = useMemo(() => new Map(options.map((option) => [option.key, option])), [options]);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = options.filter((option) => matches(option, words));
  const isFull = chosen.length >= most;
  const toggle = (key) => onChange(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]);
  return html`<${Chakra.Stack} gap=${2} width="100%">
    <${Chakra.HStack} wrap="wrap" gap=${1.5} minH=${6}>
      ${chosen.length === 0 && html`<${Chakra.Text} fontSize="xs" color="fg.muted">None chosen yet<//>`}
      ${chosen.map(
        (key) => html`<${Chakra.Tag.Root} key=${key} size="md" colorPalette=${known.has(key) ? "gray" : "red"}>
          <${Chakra.Tag.Label}>${known.get(key)?.title ?? `${key} (not offered here)`}<//>
          <${Chakra.Tag.EndElement}>
            <${Chakra.Tag.CloseTrigger} aria-label=${`Remove ${known.get(key)?.title ?? key}`} onClick=${() => toggle(key)} />
          <//>
        <//>`,
      )}
    <//>
    <${Chakra.InputGroup} startElement=${html`<${Icon} name="search" />`}>
      <${Chakra.Input} size="sm" type="search" value=${search} placeholder=${placeholder} aria-label=${`${placeholder}: ${label}`}
        onChange=${(event) => setSearch(event.target.value)} />
    <//>
    <${Chakra.Box} as="ul" listStyleType="none" borderWidth="1px" borderRadius="md" maxH=${height} overflowY="auto" tabIndex=${0} aria-label=${label}>
      ${found.length === 0 && html`<${Chakra.Box} as="li" p=${3} fontSize="sm" color="fg.muted">Nothing matches.<//>`}
      ${found.map((option) => {
        const isChosen = chosen.includes(option.key);
        return html`<${Chakra.Box} as="li" key=${option.key} px=${3} py=${1.5} borderBottomWidth="1px" _last=${{ borderBottomWidth: 0 }}>
          <${Chakra.Checkbox.Root} size="sm" alignItems="flex-start" width="100%" checked=${isChosen} disabled=${isFull && !isChosen}
            onCheckedChange=${() => toggle(option.key)}>
            <${Chakra.Checkbox.HiddenInput} /><${Chakra.Checkbox.Control} mt=${0.5} />
            <${Chakra.Checkbox.Label} fontWeight="normal">
              <${Chakra.Text} as="span">${option.title}<//>
              ${option.note && html`<${Chakra.Text} as="span" fontSize="xs" color="fg.muted" ps=${2}>${option.note}<//>`}
              ${option.description && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${option.description}<//>`}
            <//>
          <//>
        <//>`;
      })}
    <//>
    ${isFull && html`<${Chakra.Text} fontSize="xs" color="fg.muted" role="status">${most} are chosen, which is the most there can be.<//>`}
  <//>`;
}

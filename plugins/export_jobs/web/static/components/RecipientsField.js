// Mail addresses as chips. A pasted list is parsed completely. An invalid address is marked, and a click moves it back
// into the input for correction.
import { plural } from "../format.js";
import { Chakra, html, useId, useState } from "../host.js";
import { isError, sentence } from "../issues.js";
import { addressesIn, isAddress, withoutDoubles } from "./addresses.js";

const HINT = "They get a mail when files have been delivered. Paste a list, or press Enter after each.";
const AT_INDEX = /^recipients\[(\d+)\]/;
// Reserves room for a line of chips (2.125rem). The first chip appears when the field loses focus, often by a click.
// The clicked element must not move away under the pointer, or the click is lost.
const LEAST_HEIGHT = "calc(2.125rem + 2rem + 0.75rem + 2px)";
const ENDS = new Set(["Enter", ",", ";"]);

/** @param {Props.RecipientsField} props */
export function RecipientsField({ value, issues, onChange, label = "Recipients", hint = HINT }) {
  const [text, setText] = useState("");
  const id = useId();
  const odd = new Map(issues.map((issue) => [Number(AT_INDEX.exec(issue.path)?.[1] ?? -1), issue]));
  const others = issues.filter((issue) => !AT_INDEX.test(issue.path));
  const isBad = (/** @type {string} */ address, /** @type {number} */ at) => !isAddress(address) || odd.has(at);
  const bad = value.filter(isBad);
  const add = (/** @type {string} */ typed) => {
    const next = withoutDoubles([...value, ...addressesIn(typed)]);
    if (next.length > value.length) onChange(next);
    setText("");
  };
  const remove = (/** @type {string} */ address) => onChange(value.filter((other) => other !== address));
  const press = (/** @type {Page.KeyEvent} */ event) => {
    if (ENDS.has(event.key) && text.trim()) {
      event.preventDefault();
      add(text);
    } else if (event.key === "Backspace" && text === "" && value.length > 0) {
      onChange(value.slice(0, -1));
    }
  };
  const paste = (/** @type {ClipboardEvent} */ event) => {
    event.preventDefault();
    add(`${text} ${event.clipboardData?.getData("text") ?? ""}`);
  };
  const correct = (/** @type {string} */ address) => {
    remove(address);
    setText(address);
    document.getElementById(id)?.focus();
  };
  const chip = (/** @type {string} */ address, /** @type {number} */ at) => html`<${Chakra.Tag.Root} key=${address}
    as="li" size="md" maxW="100%" colorPalette=${isBad(address, at) ? "red" : "gray"}>
    <${Chakra.Tag.Label} title=${address} onClick=${isBad(address, at) ? () => correct(address) : undefined}
      cursor=${isBad(address, at) ? "pointer" : undefined}>${address}<//>
    <${Chakra.Tag.EndElement}>
      <${Chakra.Tag.CloseTrigger} aria-label=${`Remove ${address}`} onClick=${() => remove(address)} /><//>
  <//>`;
  const focusInput = (/** @type {MouseEvent} */ event) =>
    event.target === event.currentTarget && document.getElementById(id)?.focus();
  const invalid = bad.length > 0 || others.some(isError);
  return html`<${Chakra.Field.Root} ids=${{ control: id }} invalid=${invalid}>
    <${Chakra.Field.Label}>${label}<//>
    <${Chakra.Box} width="100%" borderWidth="1px" borderRadius="md" borderColor=${invalid ? "border.error" : undefined}
      p=${1.5} minH=${LEAST_HEIGHT} cursor="text" onClick=${focusInput}
      _focusWithin=${{ outline: "1px solid", outlineColor: "fg.muted" }}>
      ${value.length > 0 && html`<${Chakra.Flex}
        as="ul" listStyleType="none" wrap="wrap" gap=${1} maxH="9rem" overflowY="auto" pb=${1.5}
        tabIndex=${value.length > 12 ? 0 : undefined} aria-label=${`${label} so far`}>
        ${value.map(chip)}<//>`}
      <${Chakra.Input} name="recipients" size="xs" variant="flushed" borderBottomWidth=${0} px=${1} value=${text}
        placeholder=${value.length === 0 ? "partner@example.org" : "Add another"} autoComplete="off"
        onChange=${(event) => setText(event.target.value)} onKeyDown=${press} onPaste=${paste}
        onBlur=${() => text.trim() && add(text)} />
    <//>
    <${Chakra.Flex} justify="space-between" gap=${2} width="100%">
      <${Chakra.Field.HelperText}>${hint}<//>
      <${Chakra.Text} fontSize="xs" color="fg.muted" flexShrink=${0} role="status"
        visibility=${value.length > 0 ? "visible" : "hidden"}>${plural(value.length, "address", "addresses")}<//>
    <//>
    ${bad.length > 0 && html`<${Chakra.HStack} role="alert" fontSize="xs" color="red.fg" wrap="wrap" gap=${2}>
      <span>${bad.length === 1 ? `${bad[0]} is not a mail address.` : `${bad.length} of them are not mail addresses.`}
        ${" "}Click one to correct it.</span>
      <${Chakra.Button} size="2xs" variant="outline" onClick=${() =>
        onChange(value.filter((address, at) => !isBad(address, at)))}>
        ${bad.length === 1 ? "Remove it" : `Remove these ${bad.length}`}<//>
    <//>`}
    ${others.map((issue, index) => html`<${Chakra.Text} key=${index} fontSize="xs"
      color=${isError(issue) ? "red.fg" : "orange.fg"}>${sentence(issue)}<//>`)}
  <//>`;
}

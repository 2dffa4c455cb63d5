// A search. With a delay it waits until the person stops typing.
import { Chakra, html, useEffect, useRef, useState } from "../host.js";
import { Icon } from "./icons.js";

/** @param {Props.SearchField} props */
export function SearchField({ label, placeholder, value, delay = 0, onSearch, ...rest }) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  useEffect(() => setText((now) => (now.trim() === value ? now : value)), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (/** @type {Page.InputEvent} */ event) => {
    const { value: typed } = event.target;
    setText(typed);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onSearch(typed.trim()), delay);
  };
  return html`<${Chakra.InputGroup} startElement=${html`<${Icon} name="search" />`} ...${rest}>
    <${Chakra.Input} size="sm" type="search" value=${text} maxLength=${200} aria-label=${label}
      placeholder=${placeholder} onChange=${type} />
  <//>`;
}

// Line icons of 16 pixels in the colour of the surrounding text. There is always a visible or hidden text with them.
import { html } from "../host.js";

/** @type {Record<string, string>} */
const PATHS = {
  clock: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 4.5V8l2.4 1.6",
  running: "M13.9 6.2A6.2 6.2 0 0 0 2.6 5M2.2 9.8A6.2 6.2 0 0 0 13.4 11M13.9 2.4v3.8h-3.8M2.1 13.6V9.8h3.8",
  check: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5.2 8.2l2 2 3.7-4.2",
  cross: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
  pause: "M6 4v8M10 4v8",
  more: "M3.2 8h.01M8 8h.01M12.8 8h.01",
  search: "M7 2.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6ZM10.6 10.6l3.2 3.2",
  up: "M4.5 9.5 8 6l3.5 3.5",
  down: "M4.5 6.5 8 10l3.5-3.5",
  next: "M6.5 4.5 10 8l-3.5 3.5",
  copy: "M6 5.5h7v8H6zM4 10.5H3v-8h7v1",
  edit: "M10.2 3.3l2.5 2.5M3 13l.7-3L11 2.8l2.3 2.3L6 12.3 3 13Z",
  play: "M5 3.2 12.5 8 5 12.8Z",
  grip: "M5.5 4h.01M5.5 8h.01M5.5 12h.01M10.5 4h.01M10.5 8h.01M10.5 12h.01",
  dash: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5.4 8h5.2",
};

/** @param {Props.Icon} props */
export function Icon({ name, size = 16 }) {
  const isDotted = name === "more" || name === "grip";
  return html`<svg width=${size} height=${size} viewBox="0 0 16 16" fill="none" stroke="currentColor" aria-hidden="true"
    strokeWidth=${isDotted ? 2.4 : 1.5} strokeLinecap="round" strokeLinejoin="round" focusable="false"
    style=${{ flexShrink: 0 }}><path d=${PATHS[name]} /></svg>`;
}

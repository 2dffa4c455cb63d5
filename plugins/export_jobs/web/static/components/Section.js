// A part of a page under its own heading.
import { Chakra, html, useId } from "../host.js";

export function Section({ title, action = null, children }) {
  const id = useId();
  return html`<${Chakra.Box} as="section" aria-labelledby=${id} borderWidth="1px" borderRadius="md" p=${{ base: 4, md: 5 }} minW=${0}>
    <${Chakra.Flex} justify="space-between" align="center" mb=${4} minH=${8} gap=${3}>
      <${Chakra.Heading} as="h2" size="sm" id=${id}>${title}<//>
      ${action}
    <//>
    ${children}
  <//>`;
}

// The head of a page below the list: the way back, the title with what stands beside it, and what can be done.
import { Chakra, Router, html } from "../host.js";

export function PageHeader({ up, title, beside = null, actions = null }) {
  return html`<${Chakra.Stack} gap=${1}>
    <${Chakra.Box} as="nav" aria-label="Breadcrumb" fontSize="sm" color="fg.muted">
      ${up.map(
        ([words, path]) => html`<${Chakra.Box} as="span" key=${path}>
          <${Chakra.Link} asChild color="fg.muted"><${Router.Link} to=${path}>${words}<//><//>
          <${Chakra.Box} as="span" px=${1.5} aria-hidden="true">/<//>
        <//>`,
      )}
    <//>
    <${Chakra.Flex} justify="space-between" align="center" gap=${3} wrap="wrap" minH=${9}>
      <${Chakra.HStack} gap=${3} wrap="wrap" minW=${0}>
        <${Chakra.Heading} as="h1" size="xl" wordBreak="break-word">${title}<//>
        ${beside}
      <//>
      <${Chakra.HStack} gap=${2} wrap="wrap">${actions}<//>
    <//>
  <//>`;
}

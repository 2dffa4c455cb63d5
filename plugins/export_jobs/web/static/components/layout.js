// The parts of a page's layout. First the header of a page below the list: breadcrumb, title, actions.
import { Chakra, html, useId } from "../host.js";
import { TextLink } from "./links.js";

/** @param {Props.PageHeader} props */
export function PageHeader({ up, title, badges = null, actions = null }) {
  return html`<${Chakra.Stack} gap=${1}>
    <${Chakra.Box} as="nav" aria-label="Breadcrumb" fontSize="sm" color="fg.muted">
      ${up.map(
        ([words, path]) => html`<${Chakra.Box} as="span" key=${path}>
          <${TextLink} to=${path} color="fg.muted">${words}<//>
          <${Chakra.Box} as="span" px=${1.5} aria-hidden="true">/<//>
        <//>`,
      )}
    <//>
    <${Chakra.Flex} justify="space-between" align="center" gap=${3} wrap="wrap" minH=${9}>
      <${Chakra.HStack} gap=${3} wrap="wrap" minW=${0}>
        <${Chakra.Heading} as="h1" size="xl" wordBreak="break-word">${title}<//>
        ${badges}
      <//>
      <${Chakra.HStack} gap=${2} wrap="wrap">${actions}<//>
    <//>
  <//>`;
}

// A part of a page under its own heading.
/** @param {Props.Section} props */
export function Section({ title, action = null, children }) {
  const id = useId();
  return html`<${Chakra.Box} as="section" aria-labelledby=${id} borderWidth="1px" borderRadius="md"
    p=${{ base: 4, md: 5 }} minW=${0}>
    <${Chakra.Flex} justify="space-between" align="center" mb=${4} minH=${8} gap=${3}>
      <${Chakra.Heading} as="h2" size="sm" id=${id}>${title}<//>
      ${action}
    <//>
    ${children}
  <//>`;
}

// Names and values, one per line. A fact without a value is left out.
/** @param {Props.Facts} props */
export function Facts({ facts }) {
  return html`<${Chakra.Grid} as="dl" templateColumns=${{ base: "1fr", sm: "9rem 1fr" }} columnGap=${4}
    rowGap=${{ base: 0, sm: 2.5 }} fontSize="sm">
    ${facts.filter(([, value]) => value).flatMap(([label, value]) => [
      html`<${Chakra.Box} as="dt" key=${`${label} name`} color="fg.muted">${label}<//>`,
      html`<${Chakra.Box} as="dd" key=${label} minW=${0} wordBreak="break-word" pb=${{ base: 3, sm: 0 }}>${value}<//>`,
    ])}
  <//>`;
}

// Shown instead of an empty list: what would be here, and the next step.
/** @param {Props.EmptyState} props */
export function EmptyState({ title, children, action = null }) {
  return html`<${Chakra.Stack} align="center" textAlign="center" gap=${3} py=${16} px=${6}>
    <${Chakra.Heading} as="h2" size="md">${title}<//>
    <${Chakra.Text} color="fg.muted" maxW="lg">${children}<//>
    ${action}
  <//>`;
}

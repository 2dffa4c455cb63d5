// Nothing to show: what would be here, and the next step.
import { Chakra, html } from "../host.js";

export function EmptyState({ title, children, action = null }) {
  return html`<${Chakra.Stack} align="center" textAlign="center" gap=${3} py=${16} px=${6}>
    <${Chakra.Heading} as="h2" size="md">${title}<//>
    <${Chakra.Text} color="fg.muted" maxW="lg">${children}<//>
    ${action}
  <//>`;
}

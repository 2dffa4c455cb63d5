// Where one is: three steps, each of which can be gone to.
import { Chakra, html } from "../../host.js";
import { STEPS } from "./steps.js";

export function StepList({ step, onGo }) {
  return html`<${Chakra.Flex} as="ol" listStyleType="none" gap=${2} wrap="wrap" aria-label="Steps">
    ${STEPS.map(
      ({ title }, index) => html`<${Chakra.Box} as="li" key=${title} flex="1 1 8rem">
        <${Chakra.Button} width="100%" size="sm" variant="ghost" justifyContent="flex-start" borderRadius=${0} px=${1}
          borderTopWidth="3px" borderTopColor=${index <= step ? "brand.solid" : "border"} aria-current=${index === step ? "step" : undefined}
          fontWeight=${index === step ? "semibold" : "normal"} onClick=${() => onGo(index)}>
          <${Chakra.Box} as="span" color="fg.muted" fontVariantNumeric="tabular-nums">${index + 1}<//>${title}
        <//>
      <//>`,
    )}
  <//>`;
}

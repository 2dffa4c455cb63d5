// The three steps, with the current one; each can be opened.
import { Chakra, Router, html, useCallback } from "../../host.js";
import { STEPS } from "./steps.js";

// The step is in the address, counted from 1, so Back and reload work.
export function useStep() {
  const [params, setParams] = Router.useSearchParams();
  const index = Number(params.get("step") ?? 1) - 1;
  const step = index in STEPS ? index : 0;
  const go = useCallback(
    (/** @type {number} */ target) =>
      setParams((before) => {
        const next = new URLSearchParams(before);
        if (target === 0) next.delete("step");
        else next.set("step", String(target + 1));
        return next;
      }),
    [setParams],
  );
  return { step, go };
}

/** @param {Props.StepList} props */
export function StepList({ step, onGo }) {
  return html`<${Chakra.Flex} as="ol" listStyleType="none" gap=${2} wrap="wrap" aria-label="Steps">
    ${STEPS.map(
      ({ title }, index) => html`<${Chakra.Box} as="li" key=${title} flex="1 1 5rem">
        <${Chakra.Button} width="100%" size="sm" variant="ghost" justifyContent="flex-start" borderRadius=${0} px=${1}
          borderTopWidth="3px" borderTopColor=${index <= step ? "brand.solid" : "border"}
          aria-current=${index === step ? "step" : undefined} fontWeight=${index === step ? "semibold" : "normal"}
          onClick=${() => onGo(index)}>
          <${Chakra.Box} as="span" color="fg.muted" fontVariantNumeric="tabular-nums">${index + 1}<//>${title}
        <//>
      <//>`,
    )}
  <//>`;
}

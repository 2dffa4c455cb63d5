// The step in the address, counted from 1 there: it can be gone back to, and survives a reload.
import { Router, useCallback } from "../../host.js";
import { STEPS } from "./steps.js";

export function useStep() {
  const [params, setParams] = Router.useSearchParams();
  const asked = Number(params.get("step") ?? 1) - 1;
  const step = Number.isInteger(asked) && asked >= 0 && asked < STEPS.length ? asked : 0;
  const go = useCallback(
    (target) =>
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

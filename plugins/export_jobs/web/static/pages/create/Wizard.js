// The three steps of a draft. A step opens when everything before it is valid.
import { call } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { PageHeader } from "../../components/layout.js";
import { LinkButton } from "../../components/links.js";
import { Notice, Problem } from "../../components/Notice.js";
import { useAction } from "../../components/useAction.js";
import { plural } from "../../format.js";
import { Chakra, Router, html, useEffect, useRef, useState } from "../../host.js";
import { jobPath, listPath } from "../../paths.js";
import { Consequence } from "./Consequence.js";
import { DataStep } from "./DataStep.js";
import { bodyOf } from "./draft.js";
import { ModifyStep } from "./ModifyStep.js";
import { OtherDrafts } from "./OtherDrafts.js";
import { ScheduleStep } from "./ScheduleStep.js";
import { StepList, useStep } from "./StepList.js";
import { STEPS, errorsOf } from "./steps.js";
import { useCheck } from "./useCheck.js";

const PARTS = [ScheduleStep, DataStep, ModifyStep];

/** @param {Props.Wizard} props */
export function Wizard({ from, draft, change, startOver, discard, isRestored, ...offers }) {
  const { check, ask, error: checkError } = useCheck(draft);
  const { step, go } = useStep();
  const [attempted, setAttempted] = useState(/** @type {Set<number>} */ (new Set()));
  const navigate = Router.useNavigate();
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const body = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => heading.current?.focus(), [step]);

  const create = async () => {
    const job = await call("jobs", { method: "POST", body: bodyOf(draft) });
    discard();
    announce(`Created ${job.name}. Its Dag appears within a minute.`);
    navigate(jobPath(job.dag_id));
  };

  // Goes to `target`, or to the first step before it that has an error.
  const advance = async (/** @type {number} */ target) => {
    const { issues } = await ask();
    const before = STEPS.map((_, index) => index).filter((index) => index < target);
    const wrong = before.find((index) => errorsOf(index, issues).length > 0);
    setAttempted((all) => new Set([...all, ...before.filter((index) => wrong === undefined || index <= wrong)]));
    if (wrong === undefined && target === STEPS.length) {
      await create();
      return;
    }
    go(wrong ?? target);
    /** @returns {HTMLElement | null | undefined} */
    const firstError = () => body.current?.querySelector("[aria-invalid=true]");
    if (wrong !== undefined) setTimeout(() => firstError()?.focus());
  };
  const { isBusy, error, run: goTo } = useAction(advance);

  const Part = PARTS[step];
  const isLast = step === STEPS.length - 1;
  const errors = attempted.has(step) ? errorsOf(step, check.issues) : [];
  return html`<${Chakra.Stack} gap=${5} maxW="1000px" mx="auto" width="100%">
    <${PageHeader} up=${[["Export Schedules", listPath()]]}
      title=${from !== null ? "Duplicate an export schedule" : "Create an export schedule"} />
    <${StepList} step=${step} onGo=${(to) => (to < step ? go(to) : goTo(to))} />
    <${OtherDrafts} from=${from} />
    ${isRestored && html`<${Notice} status="info" size="sm"
      action=${html`<${Chakra.Button} size="xs" variant="outline" onClick=${startOver}>Start over<//>`}>
      Your unfinished draft was restored.<//>`}
    <${Chakra.Heading} as="h2" size="md" ref=${heading} tabIndex=${-1} outline="none">${STEPS[step].heading}<//>
    <${Chakra.Box} ref=${body}>
      <${Part} draft=${draft} change=${change} check=${check} isShown=${attempted.has(step)} ...${offers} />
    <//>
    ${errors.length > 0 && html`<${Chakra.Text} role="alert" color="red.fg" fontSize="sm">
      Correct the ${errors.length === 1 ? "error" : plural(errors.length, "error")} above to continue.<//>`}
    ${(error ?? checkError) && html`<${Problem} error=${error ?? checkError} />`}
    ${isLast && html`<${Consequence} draft=${draft} check=${check} change=${change} />`}
    <${Chakra.Flex} justify="space-between" gap=${3} borderTopWidth="1px" pt=${4} pb=${8}>
      ${step > 0
        ? html`<${Chakra.Button} variant="outline" onClick=${() => go(step - 1)}>Back<//>`
        : html`<${LinkButton} to=${listPath()} size="md" variant="outline">Cancel<//>`}
      <${Chakra.Button} colorPalette="brand" loading=${isBusy} onClick=${() => goTo(step + 1)}>
        ${isLast ? "Create" : "Next"}<//>
    <//>
  <//>`;
}

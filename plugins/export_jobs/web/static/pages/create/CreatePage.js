// A new export schedule in three steps. The step is in the address, so Back goes to the step before.
import { call, useAnswer } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { PageHeader } from "../../components/PageHeader.js";
import { Problem } from "../../components/Problem.js";
import { Chakra, Router, html, useEffect, useRef, useState } from "../../host.js";
import { jobPath, listPath } from "../../paths.js";
import { bodyOf } from "./blank.js";
import { DataStep } from "./DataStep.js";
import { ModifyStep } from "./ModifyStep.js";
import { ScheduleStep } from "./ScheduleStep.js";
import { StepList } from "./StepList.js";
import { STEPS, errorsOf } from "./steps.js";
import { useCheck } from "./useCheck.js";
import { useDraft } from "./useDraft.js";
import { useStep } from "./useStep.js";

const PARTS = [ScheduleStep, DataStep, ModifyStep];
const TEMPLATES = { limit: 500 };

export function CreatePage() {
  const [params] = Router.useSearchParams();
  const from = params.get("from");
  const { draft, change, begin, forget, wasKept, error: lost } = useDraft(from);
  const { check, ask, error: unchecked } = useCheck(draft);
  const { step, go } = useStep();
  const [attempted, setAttempted] = useState(new Set());
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState(null);
  const me = useAnswer("me");
  const templates = useAnswer("templates", TEMPLATES);
  const catalogue = useAnswer("catalogue");
  const destinations = useAnswer("destinations");
  const navigate = Router.useNavigate();
  const heading = useRef(null);
  const place = useRef(null);
  useEffect(() => heading.current?.focus(), [step]);

  // Go on to `target`, or stay where something before it is wrong and show it there.
  const advance = async (target) => {
    setBusy(true);
    setFailure(null);
    try {
      const { issues } = await ask();
      const before = STEPS.map((_, index) => index).filter((index) => index < target);
      const wrong = before.find((index) => errorsOf(index, issues).length > 0);
      setAttempted((all) => new Set([...all, ...before.filter((index) => wrong === undefined || index <= wrong)]));
      if (wrong === undefined && target === STEPS.length) await create();
      else go(wrong ?? target);
      if (wrong !== undefined) setTimeout(() => place.current?.querySelector("[aria-invalid=true]")?.focus());
    } catch (error) {
      setFailure(error);
    }
    setBusy(false);
  };

  const create = async () => {
    const job = await call("jobs", { method: "POST", body: bodyOf(draft) });
    forget();
    announce(`Created ${job.name}. Its Dag appears within a minute.`);
    navigate(jobPath(job.dag_id));
  };

  const failed = lost ?? me.error ?? templates.error ?? catalogue.error ?? destinations.error;
  if (failed) return html`<${Problem} error=${failed} onRetry=${lost ? begin : () => window.location.reload()} />`;
  if (me.data && !me.data.may.create) return html`<${Problem} error=${NOT_ALLOWED} />`;
  if (!draft || !me.data || !templates.data || !catalogue.data || !destinations.data) return html`<${Waiting} />`;

  const Part = PARTS[step];
  const isLast = step === STEPS.length - 1;
  const wrong = attempted.has(step) ? errorsOf(step, check.issues) : [];
  return html`<${Chakra.Stack} gap=${5} maxW="1000px" mx="auto" width="100%">
    <${PageHeader} up=${[["Export Schedules", listPath()]]} title=${from ? "Duplicate an export schedule" : "Create an export schedule"} />
    <${StepList} step=${step} onGo=${(target) => (target < step ? go(target) : advance(target))} />
    ${wasKept && html`<${Kept} onAgain=${begin} />`}
    <${Chakra.Heading} as="h2" size="md" ref=${heading} tabIndex=${-1} outline="none">${STEPS[step].heading}<//>
    <${Chakra.Box} ref=${place}>
      <${Part} draft=${draft} change=${change} check=${check} isShown=${attempted.has(step)} me=${me.data}
        templates=${templates.data.templates} catalogue=${catalogue.data} destinations=${destinations.data.destinations} />
    <//>
    ${wrong.length > 0 && html`<${Chakra.Text} role="alert" color="red.fg" fontSize="sm">
      ${wrong.length === 1 ? "One thing is" : `${wrong.length} things are`} still to be mended above.<//>`}
    ${(failure ?? unchecked) && html`<${Problem} error=${failure ?? unchecked} />`}
    <${Chakra.Flex} justify="space-between" gap=${3} borderTopWidth="1px" pt=${4} pb=${8}>
      ${step > 0
        ? html`<${Chakra.Button} variant="outline" onClick=${() => go(step - 1)}>Back<//>`
        : html`<${Chakra.Button} asChild variant="outline"><${Router.Link} to=${listPath()}>Cancel<//><//>`}
      <${Chakra.Button} colorPalette="brand" loading=${isBusy} onClick=${() => advance(step + 1)}>${isLast ? "Create" : "Next"}<//>
    <//>
  <//>`;
}

const NOT_ALLOWED = {
  message: "You may not create export schedules. Ask an administrator of Airflow for the right to edit Dags and to use a destination",
};

function Waiting() {
  return html`<${Chakra.Stack} gap=${4} maxW="1000px" mx="auto" width="100%" aria-busy="true">
    <${Chakra.Skeleton} height=${7} width="18rem" /><${Chakra.Skeleton} height=${10} /><${Chakra.Skeleton} height=${64} />
  <//>`;
}

function Kept({ onAgain }) {
  return html`<${Chakra.Alert.Root} status="info" variant="surface" size="sm">
    <${Chakra.Alert.Indicator} />
    <${Chakra.Alert.Description} flex="1">This is the draft that you had begun; nothing of it was lost.<//>
    <${Chakra.Button} size="xs" variant="outline" onClick=${onAgain}>Start again<//>
  <//>`;
}

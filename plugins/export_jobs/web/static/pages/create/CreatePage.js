// A new export schedule, created in three steps.
import { Problem } from "../../components/Notice.js";
import { Chakra, Router, html } from "../../host.js";
import { useAnswer } from "../../useAnswer.js";
import { useDraft } from "./useDraft.js";
import { Wizard } from "./Wizard.js";

const TEMPLATES = { limit: 500 };
const NOT_ALLOWED = {
  message: "You may not create export schedules. Ask an administrator of Airflow for the permission to edit Dags",
};

export function CreatePage() {
  const [params] = Router.useSearchParams();
  const from = params.get("from");
  return html`<${Creation} key=${from ?? ""} from=${from} />`; // another draft gets a new form
}

/** @param {Props.Creation} props */
function Creation({ from }) {
  const { draft, error: draftError, startOver, ...drafting } = useDraft(from);
  const me = useAnswer("me");
  const templates = useAnswer("templates", TEMPLATES);
  const catalogue = useAnswer("catalogue");
  const destinations = useAnswer("destinations");
  const error = draftError ?? me.error ?? templates.error ?? catalogue.error ?? destinations.error;
  if (error) {
    return html`<${Problem} error=${error} onRetry=${draftError ? startOver : () => window.location.reload()} />`;
  }
  if (me.data && !me.data.may.create) return html`<${Problem} error=${NOT_ALLOWED} />`;
  if (!draft || !me.data || !templates.data || !catalogue.data || !destinations.data) return html`<${Loading} />`;
  const offers = { me: me.data, catalogue: catalogue.data, ...templates.data, ...destinations.data };
  return html`<${Wizard} from=${from} draft=${draft} startOver=${startOver} ...${drafting} ...${offers} />`;
}

function Loading() {
  return html`<${Chakra.Stack} gap=${4} maxW="1000px" mx="auto" width="100%" aria-busy="true">
    <${Chakra.Skeleton} height=${7} width="18rem" /><${Chakra.Skeleton} height=${10} /><${Chakra.Skeleton}
      height=${64} />
  <//>`;
}

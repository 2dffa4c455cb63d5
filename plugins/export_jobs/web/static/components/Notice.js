// A box in the colour of its status, with an icon.
import { Chakra, html } from "../host.js";
import { isError, placeText, sentence } from "../issues.js";

/** @param {Props.Notice} props */
export function Notice({ status, title = null, action = null, children, ...rest }) {
  return html`<${Chakra.Alert.Root} status=${status} variant="surface" ...${rest}>
    <${Chakra.Alert.Indicator} />
    <${Chakra.Alert.Content}>
      ${title && html`<${Chakra.Alert.Title}>${title}<//>`}
      <${Chakra.Alert.Description} wordBreak="break-word">${children}<//>
    <//>
    ${action}
  <//>`;
}

// All issues of a refused request, with a button to try again where that makes sense.
/** @param {Props.Problem} props */
export function Problem({ error, hasPaths = true, onRetry = null }) {
  const retry = onRetry && html`<${Chakra.Button} size="xs" variant="outline" onClick=${onRetry}>Try again<//>`;
  const issues = error.issues ?? [{ path: "", what: error.message ?? "", remedy: "" }];
  const status = issues.some(isError) ? "error" : "warning";
  return html`<${Notice} status=${status} role="alert" action=${retry}>
    ${issues.map(
      (issue, index) => html`<${Chakra.Text} key=${index}>
        ${hasPaths && issue.path && html`<strong>${placeText(issue.path)}: </strong>`}${sentence(issue)}
      <//>`,
    )}
  <//>`;
}

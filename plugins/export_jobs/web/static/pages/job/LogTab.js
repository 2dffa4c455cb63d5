// What has been delivered and what has not: the windows as a picture, their rows and times, and every execution.
import { Coverage } from "./Coverage.js";
import { Executions } from "./Executions.js";
import { Sizes } from "./Sizes.js";
import { Chakra, html } from "../../host.js";

export function LogTab({ about }) {
  return html`<${Chakra.Stack} gap=${4}>
    <${Coverage} about=${about} />
    <${Sizes} about=${about} />
    <${Executions} about=${about} />
  <//>`;
}

// Host keys that a server shows and that are not pinned. A person compares one and pins it at the destination.
import { call, part } from "../../api.js";
import { Checkbox } from "../../components/Checkbox.js";
import { Notice, Problem } from "../../components/Notice.js";
import { useAction } from "../../components/useAction.js";
import { Chakra, html, useState } from "../../host.js";

/** @param {Props.HostKeys} props */
export function HostKeys({ tag, keys, onPinned }) {
  const [compared, setCompared] = useState("");
  const pin = useAction(async () => {
    await call(`destinations/${part(tag)}/host-keys`, { method: "POST", body: { fingerprint: compared } });
    onPinned();
  });
  return html`<${Notice} status="warning" title="Is this your partner's server?" size="sm">
    <${Chakra.Stack} gap=${2}>
      <${Chakra.Text}>
        An attacker between Airflow and the server could present their own key, even on the first connection, and would
        receive every file. Ask the server's owner for the fingerprint in another way, such as by telephone.
      <//>
      ${keys.map(({ kind, fingerprint }) => html`<${Checkbox} key=${fingerprint} isTop
        checked=${compared === fingerprint}
        onChange=${(/** @type {boolean} */ isTicked) => setCompared(isTicked ? fingerprint : "")}>
        <${Chakra.Code} size="sm" wordBreak="break-all">${kind} ${fingerprint}<//> is what the server's owner told me
      <//>`)}
      ${pin.error && html`<${Problem} error=${pin.error} hasPaths=${false} />`}
      <${Chakra.Button} alignSelf="flex-start" size="xs" variant="outline" disabled=${!compared} loading=${pin.isBusy}
        onClick=${() => pin.run()}>Pin this key<//>
    <//>
  <//>`;
}

// The destination by its tag, and whether its server lets us in right now.
import { call, part } from "../../api.js";
import { Field } from "../../components/Field.js";
import { Select } from "../../components/Select.js";
import { Icon } from "../../components/icons.js";
import { Chakra, html, useEffect, useState } from "../../host.js";

export function DestinationField({ value, destinations, mayCheck, issues, onChange }) {
  const [outcome, setOutcome] = useState(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => setOutcome(null), [value]);
  const chosen = destinations.find((one) => one.tag === value);
  const check = async () => {
    setBusy(true);
    setOutcome(null);
    try {
      const { ok, what } = await call(`destinations/${part(value)}/check`, { method: "POST" });
      setOutcome({ ok, what });
    } catch (error) {
      setOutcome({ ok: false, what: error.message });
    }
    setBusy(false);
  };
  const options = [["", "Choose a destination"], ...destinations.map(({ tag, kind }) => [tag, `${tag} (${kind.toUpperCase()})`])];
  const hint = chosen && [chosen.description, `Folder ${chosen.folder}`].filter(Boolean).join(". ");
  return html`<${Field} label="Destination" required issues=${issues} hint=${hint}>
    <${Chakra.HStack} width="100%" gap=${2}>
      <${Select} name="destination" value=${value} options=${options} onChange=${onChange} />
      ${mayCheck && html`<${Chakra.Button} size="sm" variant="outline" disabled=${!value} loading=${isBusy} onClick=${check}>Check<//>`}
    <//>
    <${Chakra.Box} role="status" fontSize="sm">
      ${outcome && html`<${Chakra.HStack} gap=${1.5} align="flex-start" color=${outcome.ok ? "green.fg" : "red.fg"}>
        <${Chakra.Box} as="span" pt=${0.5}><${Icon} name=${outcome.ok ? "check" : "cross"} /><//><span>${outcome.what}</span>
      <//>`}
    <//>
  <//>`;
}

// The destination by its tag, and whether its server accepts files right now.
import { call, part } from "../../api.js";
import { Field, Select } from "../../components/Field.js";
import { Icon } from "../../components/icons.js";
import { keep, kept } from "../../components/kept.js";
import { time } from "../../format.js";
import { Chakra, html, useEffect, useState } from "../../host.js";
import { HostKeys } from "./HostKeys.js";

/** @param {Props.DestinationField} props */
export function DestinationField({ value, destinations, mayCheck, issues, onChange }) {
  const [result, setResult] = useState(/** @type {Page.DestinationChecked | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  useEffect(() => setResult(value ? kept(`check:${value}`, null) : null), [value]);
  const chosen = destinations.find(({ tag }) => tag === value);
  const check = async () => {
    setBusy(true);
    setResult(null);
    const at = new Date().toISOString();
    try {
      const answer = { ...(await call(`destinations/${part(value)}/check`, { method: "POST" })), at };
      setResult(answer);
      keep(`check:${value}`, answer);
    } catch (error) {
      setResult({ ok: false, what: error.message, host_keys: [], at });
    }
    setBusy(false);
  };
  const unpinned = result?.host_keys ?? [];
  const tags = destinations.map(({ tag, kind }) => [tag, `${tag} (${kind.toUpperCase()})`]);
  const hint = chosen && [chosen.description, `Folder ${chosen.folder}`].filter(Boolean).join(". ");
  return html`<${Field} label="Destination" required issues=${issues} hint=${hint}>
    <${Chakra.HStack} width="100%" gap=${2}>
      <${Select} name="destination" value=${value} options=${[["", "Choose a destination"], ...tags]}
        onChange=${onChange} />
      ${mayCheck && html`<${Chakra.Button} size="sm" variant="outline" disabled=${!value} loading=${isBusy}
        onClick=${check}>Check<//>`}
    <//>
    ${chosen && chosen.looser.length > 0 && html`<${Chakra.Stack} as="ul" listStyleType="none" gap=${0.5} fontSize="xs"
      color="fg.muted" aria-label="What this destination does without">
      ${chosen.looser.map((choice) => html`<li key=${choice.option}>
        <${Chakra.Code} size="xs">${choice.option}: ${choice.value}<//> ${choice.loses}
      </li>`)}
    <//>`}
    <${Chakra.Box} role="status" fontSize="sm">
      ${result && html`<${Chakra.HStack} gap=${1.5} align="flex-start" color=${result.ok ? "green.fg" : "red.fg"}>
        <${Chakra.Box} as="span" pt=${0.5}><${Icon}
          name=${result.ok ? "check" : "cross"} /><//><span>${result.what}
          <${Chakra.Text} as="span" color="fg.muted"> Checked ${time(result.at)}.<//></span>
      <//>`}
    <//>
    ${unpinned.length > 0 && html`<${HostKeys} key=${value} tag=${value} keys=${unpinned} onPinned=${check} />`}
  <//>`;
}

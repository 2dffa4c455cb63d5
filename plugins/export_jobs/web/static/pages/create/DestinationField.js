// The choice of a destination by its tag, and a check of whether its server accepts files right now.
import { call, part } from "../../api.js";
import { Field, Select } from "../../components/Field.js";
import { Icon } from "../../components/icons.js";
import { ago, time } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";
import { HostKeys } from "./HostKeys.js";

/** @param {Props.DestinationField} props */
export function DestinationField({ value, destinations, mayCheck, issues, onChange }) {
  const [mine, setMine] = useState(/** @type {Record<string, Api.LastCheck & Api.DestinationCheck>} */ ({}));
  const [isBusy, setBusy] = useState(false);
  const chosen = destinations.find(({ tag }) => tag === value);
  const result = isBusy ? null : (mine[value] ?? chosen?.checked);
  const check = async () => {
    setBusy(true);
    const put = (/** @type {Api.DestinationCheck} */ answer) =>
      setMine((all) => ({ ...all, [value]: { ...answer, at: new Date().toISOString(), by: "you" } }));
    try {
      put(await call(`destinations/${part(value)}/check`, { method: "POST" }));
    } catch (error) {
      put({ ok: false, what: error.message, host_keys: [] });
    }
    setBusy(false);
  };
  const unpinned = isBusy ? [] : (mine[value]?.host_keys ?? []);
  const tags = destinations.map(({ tag, kind }) => [tag, `${tag} (${kind.toUpperCase()})`]);
  const hint = chosen && [chosen.description, `Folder ${chosen.folder}`].filter(Boolean).join(". ");
  // The keys are outside the field, because a checkbox inside would inherit its label and id.
  return html`<${Chakra.Stack} gap=${2}>
    <${Field} label="Destination" required issues=${issues} hint=${hint}>
      <${Chakra.HStack} width="100%" gap=${2}>
        <${Select} name="destination" value=${value} options=${[["", "Choose a destination"], ...tags]}
          onChange=${onChange} />
        ${mayCheck && html`<${Chakra.Button} size="sm" variant="outline" disabled=${!value} loading=${isBusy}
          onClick=${check}>Check<//>`}
      <//>
      ${chosen && chosen.looser.length > 0 && html`<${Chakra.Stack} as="ul" listStyleType="none" gap=${0.5}
        fontSize="xs" color="fg.muted" aria-label="Risks of this destination's options">
        ${chosen.looser.map((choice) => html`<li key=${choice.option}>
          <${Chakra.Code} size="xs">${choice.option}: ${choice.value}<//> ${choice.loses}
        </li>`)}
      <//>`}
      <${Chakra.Box} role="status" fontSize="sm">
        ${result && html`<${Chakra.HStack} gap=${1.5} align="flex-start" color=${result.ok ? "green.fg" : "red.fg"}>
          <${Chakra.Box} as="span" pt=${0.5}><${Icon} name=${result.ok ? "check" : "cross"} /><//>
          <${Chakra.Box} as="span" flex="1" minW=${0} overflowWrap="anywhere">${result.what}
            <${Chakra.Text} as="span" color="fg.muted" title=${time(result.at)}>${" "}Checked ${ago(result.at)} by ${
              result.by}.<//><//>
        <//>`}
      <//>
    <//>
    ${unpinned.length > 0 && html`<${HostKeys} key=${value} tag=${value} keys=${unpinned} onPinned=${check} />`}
  <//>`;
}

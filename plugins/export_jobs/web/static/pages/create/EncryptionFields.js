// The keys to which files are encrypted, the format, and the key that signs them.
import { Checkbox } from "../../components/Checkbox.js";
import { Field, Group } from "../../components/Field.js";
import { PickList } from "../../components/PickList.js";
import { Chakra, html } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { expiryText, fingerprintText } from "../../keys.js";
import { useAnswer } from "../../useAnswer.js";

const MOST_KEYS = 20;
const HINT = "OpenPGP keys of the receivers. Each receiver can open the files. Without a key, files are not encrypted.";

/** @param {Api.KeyEntry} key @returns {Page.Offer} */
const offer = (key) => ({
  key: key.tag,
  title: key.tag,
  note: expiryText(key),
  description: [key.user_id, fingerprintText(key.fingerprint), key.description].filter(Boolean).join(" · "),
});

/** @param {Props.TextFields} props */
export function EncryptionFields({ file, issues, onChange }) {
  const { data, error } = useAnswer("keys");
  const { encryption } = file;
  const { keys = [], sign, armour = false } = encryption ?? {};
  // Without a receiver there is nothing to sign or to write as ASCII armour.
  const put = (/** @type {Partial<Api.FileEncryption>} */ changes) => {
    const changed = { keys, sign, armour, ...changes };
    onChange({ ...file, encryption: changed.keys.length > 0 ? changed : undefined });
  };
  const at = (/** @type {string} */ name) => issuesAt(issues, `file.encryption.${name}`);
  const own = issues.filter(({ path }) => path === "file.encryption");
  if (data?.keys.length === 0 && keys.length === 0) return null;
  return html`<${Chakra.Stack} gap=${3}>
    <${Group} label="Encrypt to" hint=${HINT} issues=${[...own, ...at("keys")]}>
      ${error && html`<${Chakra.Text} fontSize="xs" color="red.fg">${error.message}<//>`}
      <${PickList} label="Receivers' keys" placeholder="Search keys" options=${(data?.keys ?? []).map(offer)}
        chosen=${keys} most=${MOST_KEYS} onChange=${(/** @type {string[]} */ chosen) => put({ keys: chosen })} />
    <//>
    ${keys.length > 0 && html`<${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2, lg: 3 }} gap=${4} alignItems="start">
      <${Field} label="Sign with" issues=${at("sign")} hint="An Airflow connection with your team's private key.">
        <${Chakra.Input} size="sm" name="file.encryption.sign" value=${sign ?? ""} placeholder="Not signed"
          onChange=${(event) => put({ sign: event.target.value || undefined })} /><//>
      <${Checkbox} alignSelf="center" checked=${armour} onChange=${(checked) => put({ armour: checked })}>
        As text (ASCII armour), a third larger<//>
    <//>`}
  <//>`;
}

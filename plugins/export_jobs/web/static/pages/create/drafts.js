// Unfinished jobs in the browser's session storage: one new job, and one for each duplicated job, so that they do not
// overwrite each other. Back, leaving the page, a reload or a new login lose nothing.
const PREFIX = "export-jobs:draft:";
const keyOf = (/** @type {string | null} */ from) => `${PREFIX}${from ?? ""}`;

/** @param {string | null} from @returns {Page.Draft | null} */
export function storedDraft(from) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(from)) ?? "null")?.draft ?? null;
  } catch {
    return null; // something else wrote there
  }
}

/** @param {string | null} from @param {Page.Draft} draft */
export const storeDraft = (from, draft) =>
  sessionStorage.setItem(keyOf(from), JSON.stringify({ draft, at: new Date().toISOString() }));

/** @param {string | null} from */
export const discardDraft = (from) => sessionStorage.removeItem(keyOf(from));

// The unfinished jobs other than the current one, newest first.
/** @param {string | null} from @returns {Page.OtherDraft[]} */
export function otherDrafts(from) {
  const found = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX) && key !== keyOf(from));
  return found
    .flatMap((key) => {
      try {
        const { draft, at } = JSON.parse(sessionStorage.getItem(key) ?? "null");
        return [{ from: key.slice(PREFIX.length) || null, name: String(draft.name), at: String(at) }];
      } catch {
        return [];
      }
    })
    .sort((one, other) => other.at.localeCompare(one.at));
}

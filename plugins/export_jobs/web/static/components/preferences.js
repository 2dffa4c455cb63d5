// A person's own preferences, stored in this browser: columns of the list, saved views.

/** @template T @param {string} key @param {T} otherwise @returns {T} */
export function loadPreference(key, otherwise) {
  try {
    const found = JSON.parse(localStorage.getItem(`export-jobs:${key}`) ?? "null");
    return found ?? otherwise;
  } catch {
    return otherwise; // something else wrote there, or the browser stores nothing
  }
}

/** @param {string} key @param {unknown} value */
export function savePreference(key, value) {
  try {
    localStorage.setItem(`export-jobs:${key}`, JSON.stringify(value));
  } catch {
    // the browser stores nothing: the choice lasts until the page is left
  }
}

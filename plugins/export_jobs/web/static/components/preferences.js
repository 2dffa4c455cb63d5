// What a person has chosen for themselves, kept in this browser: columns of the list, named views.

/** @template T @param {string} key @param {T} otherwise @returns {T} */
export function loadPreference(key, otherwise) {
  try {
    const found = JSON.parse(localStorage.getItem(`export-jobs:${key}`) ?? "null");
    return found ?? otherwise;
  } catch {
    return otherwise; // something else wrote there, or the browser keeps nothing
  }
}

/** @param {string} key @param {unknown} value */
export function savePreference(key, value) {
  try {
    localStorage.setItem(`export-jobs:${key}`, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing: the choice lasts until the page is left
  }
}

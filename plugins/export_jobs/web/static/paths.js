// Addresses of the page's views, also used by the Dag tab. The host's router adds the path of the Airflow deployment.
const PAGE = "/plugin/export-schedules";
const part = encodeURIComponent;

export const listPath = () => PAGE;
/** @param {string} [fromDagId] */
export const newPath = (fromDagId) => `${PAGE}/new${fromDagId ? `?from=${part(fromDagId)}` : ""}`;
/** @param {string} dagId @param {string} [tab] */
export const jobPath = (dagId, tab) => `${PAGE}/jobs/${part(dagId)}${tab ? `?tab=${tab}` : ""}`;
export const deletedJobsPath = () => `${PAGE}/deleted`;
/** @param {string} dagId */
export const deletedJobPath = (dagId) => `${PAGE}/deleted/${part(dagId)}`;
export const templatesPath = () => `${PAGE}/templates`;
export const installationPath = () => `${PAGE}/installation`;
/** @param {string} name */
export const templatePath = (name) => `${PAGE}/templates/${part(name)}`;
/** @param {string} dagId @param {string} runId */
export const airflowRunPath = (dagId, runId) => `/dags/${part(dagId)}/runs/${part(runId)}`;

// Addresses of the page's own views. They hold for the Dag tab, too; the host's router adds the path that Airflow is below.
const PAGE = "/plugin/export-schedules";

export const listPath = () => PAGE;
export const newPath = (fromDagId) => `${PAGE}/new${fromDagId ? `?from=${encodeURIComponent(fromDagId)}` : ""}`;
export const jobPath = (dagId, tab) => `${PAGE}/jobs/${encodeURIComponent(dagId)}${tab ? `?tab=${tab}` : ""}`;
export const templatesPath = () => `${PAGE}/templates`;
export const templatePath = (name) => `${PAGE}/templates/${encodeURIComponent(name)}`;

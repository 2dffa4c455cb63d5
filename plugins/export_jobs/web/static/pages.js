// The pages. All but the list are loaded when they are first opened.
import { React } from "./host.js";
import { ListPage } from "./pages/list/ListPage.js";

/** @param {string} path @param {() => Promise<Record<string, Page.Component>>} load @param {string} name */
const page = (path, load, name) => ({ path, component: React.lazy(async () => ({ default: (await load())[name] })) });

export const PAGES = {
  list: { path: "/", component: ListPage },
  create: page("new", () => import("./pages/create/CreatePage.js"), "CreatePage"),
  job: page("jobs/:dagId", () => import("./pages/job/JobPage.js"), "JobPage"),
  deleted: page("deleted", () => import("./pages/deleted/DeletedJobsPage.js"), "DeletedJobsPage"),
  deletedJob: page("deleted/:dagId", () => import("./pages/deleted/DeletedJobPage.js"), "DeletedJobPage"),
  templates: page("templates", () => import("./pages/templates/TemplatesPage.js"), "TemplatesPage"),
  installation: page(
    "installation",
    () => import("./pages/installation/InstallationPage.js"),
    "InstallationPage",
  ),
  template: page("templates/:name", () => import("./pages/templates/TemplatePage.js"), "TemplatePage"),
};

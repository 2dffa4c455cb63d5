// Which pages there are. Each is fetched when it is first opened, so that the list does not wait for the others.
import { React } from "./host.js";

const page = (path, load, name) => ({ path, component: React.lazy(async () => ({ default: (await load())[name] })) });

export const PAGES = {
  list: page("/", () => import("./pages/list/ListPage.js"), "ListPage"),
  create: page("new", () => import("./pages/create/CreatePage.js"), "CreatePage"),
  job: page("jobs/:dagId", () => import("./pages/job/JobPage.js"), "JobPage"),
  templates: page("templates", () => import("./pages/templates/TemplatesPage.js"), "TemplatesPage"),
  template: page("templates/:name", () => import("./pages/templates/TemplatePage.js"), "TemplatePage"),
};

// Which pages there are. A page registers itself here; links to one that is not here are not shown.
import { ListPage } from "./pages/list/ListPage.js";

export const PAGES = {
  list: { path: "/", component: ListPage },
};

export const has = (page) => page in PAGES;

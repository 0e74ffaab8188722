import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { loadingPart } from "@/app/loadingPart";
import { NotFound } from "@/app/NotFound";
import { RouteError } from "@/app/RouteError";
import { Shell } from "@/app/Shell";
import { forgetDialog } from "@/lib/useDialogAddress";
import { LibraryPage } from "@/features/library/LibraryPage";
import { parseJobsSearch } from "@/features/jobs/jobsSearch";
import { parseLibrarySearch } from "@/features/library/librarySearch";
import { parseRenderSearch } from "@/features/render/renderSearch";
import { parseTagsSearch } from "@/features/tags/tagsSearch";
import { parseVideoSearch } from "@/features/video/videoSearch";
import { parseSearch, stringifySearch } from "@/lib/searchParams";

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const libraryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  staticData: { title: "Library" },
  validateSearch: parseLibrarySearch,
  component: LibraryPage,
});

const videoRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/videos/$videoId",
  validateSearch: parseVideoSearch,
  staticData: { title: "Video" },
  component: lazyRouteComponent(loadingPart(() => import("@/features/video/VideoPage")), "VideoPage"),
});

const collectionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/collections",
  staticData: { title: "Collections" },
  component: lazyRouteComponent(
    loadingPart(() => import("@/features/collections/CollectionsPage")),
    "CollectionsPage",
  ),
});

const collectionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/collections/$collectionId",
  staticData: { title: "Collection" },
  component: lazyRouteComponent(loadingPart(() => import("@/features/collections/CollectionPage")), "CollectionPage"),
});

const jobsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/jobs",
  validateSearch: parseJobsSearch,
  staticData: { title: "Jobs" },
  component: lazyRouteComponent(loadingPart(() => import("@/features/jobs/JobsPage")), "JobsPage"),
});

const rulesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/rules",
  staticData: { title: "Rules" },
  component: lazyRouteComponent(loadingPart(() => import("@/features/rules/RulesPage")), "RulesPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  staticData: { title: "Settings" },
  component: lazyRouteComponent(loadingPart(() => import("@/features/settings/SettingsPage")), "SettingsPage"),
});

const tagsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tags",
  validateSearch: parseTagsSearch,
  staticData: { title: "Tags" },
  component: lazyRouteComponent(loadingPart(() => import("@/features/tags/TagsPage")), "TagsPage"),
});

const duplicatesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/duplicates",
  staticData: { title: "Duplicates" },
  component: lazyRouteComponent(loadingPart(() => import("@/features/duplicates/DuplicatesPage")), "DuplicatesPage"),
});

const renderRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/render",
  validateSearch: parseRenderSearch,
  staticData: { title: "Render" },
  component: lazyRouteComponent(loadingPart(() => import("@/features/render/RenderPage")), "RenderPage"),
});

forgetDialog();

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    libraryRoute,
    videoRoute,
    collectionsRoute,
    collectionRoute,
    tagsRoute,
    duplicatesRoute,
    rulesRoute,
    jobsRoute,
    renderRoute,
    settingsRoute,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: RouteError,
  scrollRestoration: true,
  // Plain `?q=beach&tag=a&tag=b`, which people can read, edit and share.
  parseSearch,
  stringifySearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

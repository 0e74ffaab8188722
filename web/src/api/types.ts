import type { components, paths } from "@/api/generated/schema";

/** Short names for the generated types. */
type Schemas = components["schemas"];

export type Job = Schemas["JobStatusResponse"];
export type JobStatus = Job["status"];
export type JobKind = Schemas["JobKindResponse"];
export type JobPage = Schemas["JobPage"];
export type LibraryEvent = Schemas["LibraryEvent"];
export type Video = Schemas["VideoResponse"];
export type VideoDetail = Schemas["VideoDetailResponse"];
export type VideoPage = Schemas["VideoPage"];
export type VideoStatus = Video["status"];
export type SortKey = NonNullable<VideoQuery["sort"]>;
export type SortOrder = NonNullable<VideoQuery["order"]>;
export type HeightClass = Schemas["HeightClass"];
export type Orientation = Schemas["Orientation"];
export type HdrKind = Schemas["HdrKind"];
export type MediaInfo = Schemas["MediaInfo"];
export type Facets = Schemas["FacetsResponse"];
export type MonthCount = Schemas["MonthCountResponse"];
export type Root = Schemas["RootResponse"];
export type FolderPage = Schemas["FolderPage"];
export type LibraryFolder = Schemas["LibraryFolderResponse"];
export type TreeRoot = Schemas["TreeRootResponse"];
export type VideoQuery = NonNullable<paths["/api/v1/videos"]["get"]["parameters"]["query"]>;
export type JobQuery = NonNullable<paths["/api/v1/jobs"]["get"]["parameters"]["query"]>;
export type VideoPatch = Schemas["VideoPatch"];
export type WatchBody = Schemas["WatchBody"];
export type WatchedFilter = Schemas["WatchedFilter"];
export type VideoStream = Schemas["VideoStream"];
export type AudioStream = Schemas["AudioStream"];
export type SubtitleStream = Schemas["SubtitleStream"];
export type Chapter = Schemas["Chapter"];

/** The address of the render page: the job that is shown. */
export interface RenderSearch {
  job?: string;
}

export function parseRenderSearch(search: Record<string, unknown>): RenderSearch {
  const { job } = search;
  return typeof job === "string" && /^[\w-]{1,64}$/.test(job) ? { job } : {};
}

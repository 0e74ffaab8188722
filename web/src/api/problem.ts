import type { components } from "@/api/generated/schema";

type Problem = components["schemas"]["Problem"];

/** The type of problem that a server with a token sends to strangers. */
export const UNAUTHORIZED = 401;
export const NOT_FOUND = 404;

/** What the server refused, or that it does not answer; `message` is a sentence for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Stable name of the kind of problem, such as `urn:stoat-ferret:problem:job-not-found`. */
  readonly type: string | null;
  readonly problem: Partial<Problem> | null;

  constructor(message: string, status: number | null, problem: Partial<Problem> | null = null) {
    super(message);
    this.status = status;
    this.type = problem?.type ?? null;
    this.problem = problem;
  }
}

/** The sentence to show for anything that was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong. Reload the page.";
}

/** The error that an answer other than 2xx stands for. */
export async function errorOf(response: Response): Promise<ApiError> {
  const problem = await readProblem(response);
  const detail = problem?.errors?.length
    ? problem.errors.map((one) => one.message).join(" ")
    : problem?.detail;
  return new ApiError(
    detail ?? `The server returned ${response.status} without a reason. Try again.`,
    response.status,
    problem,
  );
}

/** The error that stands for a request without an answer. */
export function noAnswer(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  return new ApiError("Cannot reach the server. Retrying automatically.", null);
}

async function readProblem(response: Response): Promise<Partial<Problem> | null> {
  if (!response.headers.get("content-type")?.includes("json")) return null;
  try {
    return (await response.clone().json()) as Partial<Problem>;
  } catch {
    return null;
  }
}

import type { components } from "@/api/generated/schema";

type Problem = components["schemas"]["Problem"];

/** The status of a request without a valid token. */
export const UNAUTHORIZED = 401;
export const NOT_FOUND = 404;

/** A refused request, or a request without a response; `message` is a sentence for people. */
export class ApiError extends Error {
  protected declare readonly nominal: true;
  override readonly name = "ApiError";
  /** The HTTP status; null without a response. */
  readonly status: number | null;
  /** The stable type of the problem, such as `urn:stoat-ferret:problem:job-not-found`. */
  readonly type: string | null;
  readonly problem: Partial<Problem> | null;

  constructor(message: string, status: number | null, problem: Partial<Problem> | null = null) {
    super(message);
    this.status = status;
    this.type = problem?.type ?? null;
    this.problem = problem;
  }
}

/** Returns the sentence to show for anything that was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong. Reload the page.";
}

/** Returns the error for a response other than 2xx. */
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

/** Returns the error for a request without a response. */
export function noAnswer(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  return new ApiError("Cannot reach the server.", null);
}

async function readProblem(response: Response): Promise<Partial<Problem> | null> {
  if (!response.headers.get("content-type")?.includes("json")) return null;
  try {
    return (await response.clone().json()) as Partial<Problem>;
  } catch {
    return null;
  }
}

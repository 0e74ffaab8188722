/** A chunk of the page could not be loaded: the server is down, or was updated. */
export class PartMissingError extends Error {
  protected declare readonly nominal: true;
  override readonly name = "PartMissingError";

  constructor(cause: unknown) {
    super("This part of the page could not be loaded. The server may have been updated.", { cause });
  }
}

/** Wraps `load` to throw our own error: on the browser's, the router reloads the page. */
export function loadingPart<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await load();
    } catch (error) {
      throw new PartMissingError(error);
    }
  };
}

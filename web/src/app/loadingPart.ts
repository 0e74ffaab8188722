/** A part of the page could not be loaded: the server is away, or was updated. */
export class PartMissingError extends Error {
  override readonly name = "PartMissingError";

  constructor(cause: unknown) {
    super("This part of the page could not be loaded. The server may have been updated.", { cause });
  }
}

/** `load`, with an error of our own: the router reloads the page by itself on that of the browser. */
export function loadingPart<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await load();
    } catch (error) {
      throw new PartMissingError(error);
    }
  };
}

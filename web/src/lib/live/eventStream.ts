import type { Job, LibraryEvent } from "@/api/types";

export interface EventStreamHandlers {
  /** `missed`: events may have been missed although the stream did not break. */
  onOpen: (missed: boolean) => void;
  onJob: (job: Job) => void;
  onLibrary: (change: LibraryEvent) => void;
  /** The stream broke; it reopens by itself. */
  onBreak: () => void;
}

export interface EventStream {
  /** Reopens a broken stream without further delay. */
  reopen: () => void;
  close: () => void;
}

const ADDRESS = "/api/v1/events";
const FIRST_RETRY_MILLISECONDS = 1000;
const LONGEST_RETRY_MILLISECONDS = 10_000;

/**
 * Opens the stream of events, and reopens it when it breaks, with a growing delay of up to ten
 * seconds.
 *
 * The browser reopens a broken EventSource itself, but not after an error response (a proxy without
 * its server, a required token), so all cases are handled here.
 */
export function openEventStream(handlers: EventStreamHandlers): EventStream {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMilliseconds = FIRST_RETRY_MILLISECONDS;

  function open() {
    timer = undefined;
    source = new EventSource(ADDRESS);
    source.onopen = () => {
      retryMilliseconds = FIRST_RETRY_MILLISECONDS;
      handlers.onOpen(false);
    };
    source.addEventListener("job", (event: MessageEvent<string>) => {
      handlers.onJob(JSON.parse(event.data) as Job);
    });
    source.addEventListener("library", (event: MessageEvent<string>) => {
      handlers.onLibrary(JSON.parse(event.data) as LibraryEvent);
    });
    source.onerror = () => {
      source?.close();
      source = null;
      timer = setTimeout(open, retryMilliseconds);
      retryMilliseconds = Math.min(retryMilliseconds * 2, LONGEST_RETRY_MILLISECONDS);
      handlers.onBreak();
    };
  }

  open();
  return {
    reopen: () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      retryMilliseconds = FIRST_RETRY_MILLISECONDS;
      open();
    },
    close: () => {
      clearTimeout(timer);
      timer = undefined;
      source?.close();
    },
  };
}

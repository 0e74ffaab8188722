import type { Job, LibraryEvent } from "@/api/types";

export interface EventStreamHandlers {
  /** `missed` says that events may have been missed before, though the stream did not break. */
  onOpen: (missed: boolean) => void;
  onJob: (job: Job) => void;
  onLibrary: (change: LibraryEvent) => void;
  /** The stream broke; it is opened again by itself. */
  onBreak: () => void;
}

export interface EventStream {
  /** Do not wait longer before a stream that broke is opened again. */
  reopen: () => void;
  close: () => void;
}

const ADDRESS = "/api/v1/events";
const FIRST_RETRY_MILLISECONDS = 1000;
const LONGEST_RETRY_MILLISECONDS = 10_000;

/**
 * The stream of events, opened again whenever it breaks, ever more slowly up to ten seconds.
 *
 * The browser opens a broken EventSource again by itself, but not after an answer that is an error
 * (a proxy without its server, a token that is asked for), so that is done here for all cases.
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

import type { Job, LibraryEvent } from "@/api/types";
import {
  openEventStream,
  type EventStream,
  type EventStreamHandlers,
} from "@/lib/live/eventStream";

const NAME = "stoat-ferret events";
const BEAT_MILLISECONDS = 5000;
/** A leader that is silent for this long is considered stuck. */
const SILENCE_MILLISECONDS = 16_000;

type Message =
  /** A new tab asks for the state. */
  | { kind: "hello"; from: string }
  /** Any tab: the server is back. */
  | { kind: "reopen" }
  /** The leader, like the following: the state, repeatedly; `to` one tab, or to all. */
  | { kind: "open"; leader: string; to?: string }
  | { kind: "break" }
  | { kind: "job"; job: Job }
  | { kind: "library"; change: LibraryEvent };

/** Returns whether the tabs of this browser can share one stream: over HTTPS, and on localhost. */
export function canShareStream(): boolean {
  return (navigator as Partial<Navigator>).locks !== undefined && typeof BroadcastChannel !== "undefined";
}

/**
 * Opens the stream of events, one for all tabs of this browser, which has six connections per
 * server.
 *
 * One tab has the stream and notifies the others; when it closes, another takes over. If the
 * browser cannot share (over plain HTTP from other machines), each tab has its own.
 */
export function openSharedStream(handlers: EventStreamHandlers): EventStream {
  return canShareStream() ? new SharedStream(handlers, navigator.locks) : openEventStream(handlers);
}

class SharedStream implements EventStream {
  readonly #id = crypto.randomUUID();
  readonly #channel = new BroadcastChannel(NAME);
  readonly #closing = new AbortController();
  readonly #handlers: EventStreamHandlers;
  #state: "waiting" | "open" | "broken" = "waiting";
  /** The tab that had the last open stream. */
  #leader: string | null = null;
  /** The stream, if this tab is the leader. */
  #own: EventStream | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: EventStreamHandlers, locks: LockManager) {
    this.#handlers = handlers;
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#receive(data);
    this.#post({ kind: "hello", from: this.#id });
    this.#awaitLeader();
    const { signal } = this.#closing;
    locks
      .request(NAME, { signal }, () => this.#lead())
      .catch(() => {
        if (!signal.aborted) void this.#lead(); // forbidden here, as cookies may be
      });
  }

  reopen(): void {
    if (this.#own) this.#own.reopen();
    else this.#post({ kind: "reopen" });
  }

  close(): void {
    this.#closing.abort();
    clearInterval(this.#beat);
    clearTimeout(this.#silence);
    this.#own?.close();
    this.#channel.close();
  }

  /** Keeps the stream open until this tab closes. */
  #lead(): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return Promise.resolve();
    clearTimeout(this.#silence);
    this.#own = openEventStream({
      onOpen: () => {
        this.#open(this.#id);
        this.#sendState();
      },
      onJob: (job) => {
        this.#post({ kind: "job", job });
        this.#handlers.onJob(job);
      },
      onLibrary: (change) => {
        this.#post({ kind: "library", change });
        this.#handlers.onLibrary(change);
      },
      onBreak: () => {
        this.#break();
        this.#sendState();
      },
    });
    this.#beat = setInterval(() => this.#state === "open" && this.#sendState(), BEAT_MILLISECONDS);
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  }

  #receive(message: Message): void {
    if (this.#own) this.#answer(message);
    else this.#follow(message);
  }

  #answer(message: Message): void {
    if (message.kind === "hello") this.#sendState(message.from);
    if (message.kind === "reopen") this.#own?.reopen();
  }

  #follow(message: Message): void {
    if (message.kind === "hello" || message.kind === "reopen") return;
    if (message.kind === "open" && message.to !== undefined && message.to !== this.#id) return;
    this.#awaitLeader();
    if (message.kind === "open") this.#open(message.leader);
    else if (message.kind === "break") this.#break();
    else if (message.kind === "job") this.#handlers.onJob(message.job);
    else this.#handlers.onLibrary(message.change);
  }

  #open(leader: string): void {
    const isOther = this.#leader !== null && this.#leader !== leader;
    const wasOpen = this.#state === "open";
    this.#leader = leader;
    this.#state = "open";
    // Events between two leaders are lost.
    if (!wasOpen || isOther) this.#handlers.onOpen(isOther);
  }

  #break(): void {
    if (this.#own === null && this.#state === "broken") return;
    this.#state = "broken";
    this.#handlers.onBreak();
  }

  #awaitLeader(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#break(), SILENCE_MILLISECONDS);
  }

  #sendState(to?: string): void {
    if (this.#state === "open") this.#post({ kind: "open", leader: this.#id, ...(to && { to }) });
    if (this.#state === "broken") this.#post({ kind: "break" });
  }

  #post(message: Message): void {
    if (!this.#closing.signal.aborted) this.#channel.postMessage(message);
  }
}

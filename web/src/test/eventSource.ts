import { vi } from "vitest";

/** A fake of the browser's EventSource; tests open, feed and break it. */
export class FakeEventSource extends EventTarget {
  protected declare readonly nominal: true;
  static opened: FakeEventSource[] = [];

  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;

  constructor(readonly address: string) {
    super();
    FakeEventSource.opened.push(this);
  }

  /** The last one opened. */
  static get last(): FakeEventSource {
    const last = FakeEventSource.opened.at(-1);
    if (!last) throw new Error("no stream was opened");
    return last;
  }

  static install(): void {
    FakeEventSource.opened = [];
    vi.stubGlobal("EventSource", FakeEventSource);
  }

  close(): void {
    this.closed = true;
  }

  send(name: "job" | "library", data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

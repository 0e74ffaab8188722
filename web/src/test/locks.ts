import { vi } from "vitest";

type Grant = () => Promise<void>;

/** A fake of the browser's locks, which jsdom lacks: one holder at a time per name. */
class FakeLocks {
  #held = false;
  readonly #waiting: Grant[] = [];

  request(_name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const grant = async () => {
        this.#held = true;
        await hold();
        this.#held = false;
        resolve();
        void this.#waiting.shift()?.();
      };
      signal.addEventListener("abort", () => {
        const place = this.#waiting.indexOf(grant);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(new DOMException("given up", "AbortError"));
      });
      if (this.#held) this.#waiting.push(grant);
      else void grant();
    });
  }
}

export function installFakeLocks(): void {
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
}

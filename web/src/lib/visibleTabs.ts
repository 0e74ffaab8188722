const NAME = "stoat-ferret visible tab";

/** Tells the other tabs of this browser while this one is visible; returns a function that stops. */
export function announceVisibility(): () => void {
  let leave: (() => void) | null = null;
  function look() {
    if (document.visibilityState === "visible" && leave === null) {
      const hidden = new Promise<void>((resolve) => {
        leave = resolve;
      });
      locks()?.request(NAME, { mode: "shared" }, () => hidden).catch(() => undefined);
    } else if (document.visibilityState === "hidden") {
      leave?.();
      leave = null;
    }
  }
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    document.removeEventListener("visibilitychange", look);
    leave?.();
  };
}

/** Returns whether any tab of this browser shows the page. */
export async function isAnyTabVisible(): Promise<boolean> {
  if (document.visibilityState === "visible") return true;
  const { held = [] } = (await locks()?.query()) ?? {};
  return held.some((lock) => lock.name === NAME);
}

function locks(): LockManager | undefined {
  return (navigator as Partial<Navigator>).locks;
}

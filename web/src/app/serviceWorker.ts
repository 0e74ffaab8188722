/** Registers the service worker of the build, where the browser has some: on localhost and over HTTPS. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  window.addEventListener("load", () => {
    // The page works without: some browsers forbid it together with cookies.
    navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  });
}

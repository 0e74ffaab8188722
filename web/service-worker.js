/* global assets, caches, fetch, Response, self, URL */
/**
 * The service worker: a page that says so while the server cannot be reached, and a cache of the
 * files whose names contain a hash of their content.
 *
 * The build puts the addresses of those files, `assets`, before this, so that each build has a
 * worker of its own. Documents and answers of the interface always come from the server: nothing
 * that is shown can be older than it.
 */
const CACHE = "assets";

const OFFLINE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Cannot reach the server – stoat-ferret</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #fff; color: #000;
    font: 1rem/1.55 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
  main { max-width: 28rem; padding: 1.5rem; text-align: center; }
  h1 { font-size: 1.5rem; }
  button { min-height: 44px; padding: 0 1.25rem; border: 0; border-radius: 0.5rem; background: #0b7285;
    color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
  @media (prefers-color-scheme: dark) { body { background: #242424; color: #c9c9c9; } }
</style>
</head>
<body>
<main>
<h1>Cannot reach the server</h1>
<p role="status">Retrying every few seconds. Is stoat-ferret running, and are you on its network?</p>
<button type="button">Try again</button>
</main>
<script>
  document.querySelector("button").addEventListener("click", () => location.reload());
  setInterval(async () => {
    try {
      await fetch("/health/live", { cache: "no-store" });
      location.reload();
    } catch {
      // It is still away.
    }
  }, 3000);
</script>
</body>
</html>
`;

/** The headers of `OFFLINE`, which this file alone determines: nothing else may get into it. */
const OFFLINE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'",
};

self.addEventListener("activate", (event) => event.waitUntil(deleteOldAssets()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => new Response(OFFLINE, { status: 503, headers: OFFLINE_HEADERS })));
  } else if (assets.includes(new URL(request.url).pathname)) {
    event.respondWith(cachedOrFetched(request));
  }
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data));
});

/** Shows an address in a tab of the page, a new one if there is none. */
async function show(address) {
  const [tab] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!tab) return self.clients.openWindow(address);
  await tab.focus();
  return tab.navigate(address).catch(() => self.clients.openWindow(address));
}

async function cachedOrFetched(request) {
  const cache = await caches.open(CACHE);
  const cached = await cache.match(request.url);
  if (cached) return cached;
  const answer = await fetch(request);
  // If there is no room, it is fetched again next time.
  if (answer.ok) await cache.put(request.url, answer.clone()).catch(() => undefined);
  return answer;
}

async function deleteOldAssets() {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (!assets.includes(new URL(request.url).pathname)) await cache.delete(request);
  }
}

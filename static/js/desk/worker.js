// Keeps the scan page and its files, so that it opens again while the network is gone. Nothing else is kept.
const KEPT = "bestill-scan";

const fromNetwork = async (request) => {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) (await caches.open(KEPT)).put(request.url.split("?")[0], answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.match(request.url.split("?")[0]);
    if (kept) return kept;
    throw error;
  }
};

const fromKept = async (request) => (await caches.match(request.url)) ?? fromNetwork(request);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && pathname.endsWith("/desk/scan")) event.respondWith(fromNetwork(event.request));
  else if (pathname.startsWith("/static/")) event.respondWith(fromKept(event.request));
});

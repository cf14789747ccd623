// Answers from this phone what is kept on it, and says so kindly when something is not and there is no line.
// Stands at /service-worker.js after a line with the scripts' present addresses; registered by keep.js, on a press.
"use strict";

const FROM_HERE = /^\/(?:static\/|styles\.css|pictures\/)/;

self.addEventListener("install", (event) => {
  event.waitUntil(renewShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visited(request, url));
  else if (FROM_HERE.test(url.pathname)) event.respondWith(needed(request));
});

// A kept page comes from this phone even when there is a line: nobody on it sees what is read. But who comes from the
// library's search told it already, and gets the page with the words marked.
async function visited(request, url) {
  const kept = await self.keptGuides.page(url.pathname);
  if (kept && !url.searchParams.has("hl")) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    return kept ?? (await away(url)) ?? Promise.reject(error);
  }
}

async function needed(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

// The page that lists what is kept, in the language of the address if that one is here.
async function away(url) {
  const cache = await caches.open(self.keptGuides.SHELL);
  const pages = (await cache.keys()).map((entry) => new URL(entry.url).pathname).filter((path) => path.endsWith("/kept/"));
  const own = pages.filter((path) => url.pathname.startsWith(path.slice(0, -"kept/".length)));
  own.sort((one, other) => other.length - one.length);
  const path = own[0] ?? pages[0];
  return path ? cache.match(path, { ignoreVary: true }) : null;
}

// After the library has been changed, its page of kept guides has other styles and scripts: fetched again, old ones go.
async function renewShell() {
  const cache = await caches.open(self.keptGuides.SHELL);
  const old = (await cache.keys()).map((entry) => new URL(entry.url));
  const pages = old.filter((url) => url.pathname.endsWith("/kept/")).map((url) => url.pathname);
  if (!pages.length) return;
  await self.keptGuides.store(cache, pages);
  const versions = new Map(ASSETS.map((address) => [address.split("?")[0], address]));
  for (const url of old) {
    const now = versions.get(url.pathname);
    if (now && now !== url.pathname + url.search) await cache.delete(url.pathname + url.search);
  }
}

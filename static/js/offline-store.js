// Guides kept on this phone: one cache each, named by the guide's address and version; pages that list them in another.
// Shared by pages and by the service worker (importScripts), so it is no module. Nothing runs until somebody calls it.
"use strict";

self.keptGuides = (() => {
  const PREFIX = "guide:";
  const SHELL = "library-shell";
  const META = "/kept/meta.json"; // where a guide's cache says what it is; no address of the library's
  const TAGS = /<(?:link|script|img|source)\b[^>]*>/gi;
  const IMPORTS = /\bimport\s*(?:[\w*{}\s,]+from\s*)?\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

  class Failed extends Error {}

  function value(tag, name) {
    const found = tag.match(new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "i"));
    return (found?.[1] ?? found?.[2] ?? "").replaceAll("&amp;", "&");
  }

  // Addresses of the styles, scripts and pictures that a page of ours needs.
  function assets(html, base) {
    const found = [];
    for (const tag of html.match(TAGS) ?? []) {
      if (/^<link/i.test(tag)) {
        if (/\b(stylesheet|icon|modulepreload)\b/.test(value(tag, "rel"))) found.push(value(tag, "href"));
      } else {
        found.push(value(tag, "src"), ...value(tag, "srcset").split(",").map((one) => one.trim().split(/\s+/)[0]));
      }
    }
    return within(found, base);
  }

  function within(addresses, base) {
    const whole = addresses.filter(Boolean).map((address) => new URL(address, base));
    return [...new Set(whole.filter((url) => url.origin === self.location.origin).map((url) => url.pathname + url.search))];
  }

  // The answer to a question asked as a reader whom nobody knows, fresh from the library.
  async function fetched(address) {
    let response;
    try {
      response = await fetch(address, { credentials: "omit", cache: "no-cache" });
    } catch {
      throw new Failed("line");
    }
    if (!response.ok) throw new Failed(String(response.status));
    return response;
  }

  // Put an answer into a cache; its bytes, and its text where that may name more.
  async function put(cache, address, response) {
    const content = await response.blob();
    const headers = new Headers({ "Content-Type": response.headers.get("Content-Type") ?? content.type });
    for (const name of ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "Content-Language"]) {
      if (response.headers.has(name)) headers.set(name, response.headers.get(name));
    }
    try {
      await cache.put(address, new Response(content, { headers }));
    } catch (error) {
      throw new Failed(error.name === "QuotaExceededError" ? "room" : "line");
    }
    return { size: content.size, text: /html|javascript/.test(headers.get("Content-Type")) ? await content.text() : "" };
  }

  // Pages with all that they need; `told(done, all)` as it goes on. Returns the bytes.
  async function store(cache, pages, told = () => {}) {
    const wanted = [...pages];
    const seen = new Set(wanted);
    let bytes = 0;
    for (let done = 0; done < wanted.length; done += 1) {
      told(done, wanted.length);
      const { size, text } = await put(cache, wanted[done], await fetched(wanted[done]));
      bytes += size;
      const base = new URL(wanted[done], self.location.origin);
      const more = base.pathname.endsWith(".js") ? within([...text.matchAll(IMPORTS)].map((found) => found[1]), base) : assets(text, base);
      for (const address of more) {
        if (!seen.has(address)) { seen.add(address); wanted.push(address); }
      }
    }
    told(wanted.length, wanted.length);
    return bytes;
  }

  // Keep a guide, or its newer version, whole or not at all: an older one goes when the new one is there.
  async function keep(list, told) {
    const about = await (await fetched(list)).json();
    const name = `${PREFIX}${about.url}@${about.version}`;
    const there = await find(about.url);
    if (there?.name === name) return there;
    await caches.delete(name); // what an attempt that was cut off may have left
    const cache = await caches.open(name);
    try {
      const pages = about.pages.map((page) => page.url);
      let bytes = await store(cache, [...pages, about.index], told);
      await refreshShell(about.shell);
      const meta = { ...about, list, bytes, at: new Date().toISOString(), name };
      const text = JSON.stringify(meta);
      bytes += text.length;
      await cache.put(META, new Response(text, { headers: { "Content-Type": "application/json" } }));
    } catch (error) {
      await caches.delete(name);
      throw error;
    }
    for (const other of await names()) {
      if (other !== name && address(other) === about.url) await caches.delete(other);
    }
    return find(about.url);
  }

  async function refreshShell(page) {
    await store(await caches.open(SHELL), [page]);
  }

  async function names() {
    return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  }

  function address(name) {
    return name.slice(PREFIX.length, name.lastIndexOf("@"));
  }

  async function described(name) {
    const found = await (await caches.open(name)).match(META);
    return found ? found.json() : null;
  }

  // Everything that is kept whole, the newest first.
  async function list() {
    const found = await Promise.all((await names()).map(described));
    return found.filter(Boolean).sort((one, other) => other.at.localeCompare(one.at));
  }

  async function find(url) {
    return (await list()).find((guide) => guide.url === url) ?? null;
  }

  async function index(guide) {
    const found = await (await caches.open(guide.name)).match(guide.index);
    return found ? found.json() : null;
  }

  // Whether the library has another version: "same", "newer", "gone", or "unknown" without a line.
  async function compare(guide) {
    try {
      const about = await (await fetched(guide.list)).json();
      return about.version === guide.version ? "same" : "newer";
    } catch (error) {
      return ["404", "410"].includes(error.message) ? "gone" : "unknown";
    }
  }

  async function remove(guide) {
    await caches.delete(guide.name);
    if (!(await names()).length) await removeEverything();
  }

  // No guide, no page, no worker: as if nothing had ever been kept.
  async function removeEverything() {
    for (const name of [...(await names()), SHELL]) await caches.delete(name);
    for (const registration of (await self.navigator.serviceWorker?.getRegistrations()) ?? []) await registration.unregister();
  }

  // The kept answer for a page's address, if it is kept.
  async function page(path) {
    for (const name of await names()) {
      const url = address(name);
      if (!path.startsWith(url) || !(await described(name))) continue;
      const found = await (await caches.open(name)).match(path, { ignoreSearch: true, ignoreVary: true });
      if (found) return found;
    }
    return null;
  }

  return { SHELL, keep, list, find, index, compare, remove, removeEverything, page, store, supported: "serviceWorker" in (self.navigator ?? {}) && "caches" in self };
})();

// "Keep this guide on this phone": the button on a piece's page, its progress, newer versions, taking it off again.
// What does it (offline-store.js) is fetched when it is wanted: by a press, or where something is kept already.
const part = document.querySelector(".keep");

if (part && "serviceWorker" in navigator && "caches" in self && self.isSecureContext) {
  const buttons = Object.fromEntries([...part.querySelectorAll("button")].map((button) => [button.name, button]));
  const progress = part.querySelector("progress");
  const status = part.querySelector("[role=status]");
  const words = part.dataset;

  const store = async () => {
    await import("./offline-store.js");
    return self.keptGuides;
  };

  const size = (bytes) => {
    const [value, unit] = bytes < 1e6 ? [Math.ceil(bytes / 1000), "kilobyte"] : [Math.ceil(bytes / 1e5) / 10, "megabyte"];
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit }).format(value);
  };

  const say = (text, values = {}) => {
    status.textContent = text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
  };

  const show = (...names) => {
    const had = part.contains(document.activeElement) && document.activeElement.matches("button");
    for (const [name, button] of Object.entries(buttons)) button.hidden = !names.includes(name);
    if (had && document.activeElement.hidden) buttons[names[0]]?.focus();
  };

  const shown = async (ask) => {
    const guide = (await caches.keys()).length ? await (await store()).find(words.guide) : null;
    if (!guide) { show("keep"); return; }
    show("remove");
    say(words.kept, { size: size(guide.bytes) });
    if (!ask || !navigator.onLine) return;
    const state = await self.keptGuides.compare(guide);
    if (state === "newer") { say(words.newer); show("update", "remove"); }
    if (state === "gone") say(words.gone);
  };

  const fetchAll = async (renewed) => {
    for (const button of Object.values(buttons)) button.disabled = true;
    progress.hidden = false;
    progress.removeAttribute("value");
    say(words.working);
    try {
      const guides = await store();
      await navigator.serviceWorker.register(words.worker, { scope: "/", updateViaCache: "none" });
      await navigator.serviceWorker.ready;
      await guides.keep(words.list, (done, all) => { progress.max = all; progress.value = done; });
      if (renewed) { location.reload(); return; }
      await shown(false);
    } catch (error) {
      say(error.message === "room" || error.name === "QuotaExceededError" ? words.room : words.failed);
      const guides = self.keptGuides; // undefined where the line broke before it came
      if (guides && !(await guides.list()).length) await guides.removeEverything();
    } finally {
      progress.hidden = true;
      for (const button of Object.values(buttons)) button.disabled = false;
    }
  };

  buttons.keep.addEventListener("click", () => fetchAll(false));
  buttons.update.addEventListener("click", () => fetchAll(true));
  buttons.remove.addEventListener("click", async () => {
    const guide = await self.keptGuides.find(words.guide);
    if (guide) await self.keptGuides.remove(guide);
    show("keep");
    say(words.removed);
  });
  part.hidden = false;
  shown(true);
}

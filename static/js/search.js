// Results while one types: after a pause the page that the form would lead to is fetched, and its results take the
// place of these. Without this script, and on lines that are slow or paid by the byte, the form does it all.
const PAUSE = 350;
const SHOW_GOING = 300;
const ANNOUNCE = 700;
const KEEP = 1200;
const form = document.querySelector("#ui-search");
const box = form.elements.q;
const region = document.querySelector("#ui-found");
const said = document.querySelector("#ui-said");
const going = document.querySelector("#ui-going");
const secret = form.method === "post";
const line = navigator.connection;
const sparing = line?.saveData || /2g$/.test(line?.effectiveType ?? "") || matchMedia("(prefers-reduced-data: reduce)").matches;
let shown = box.value.trim();
let address = null; // that belongs to what is shown and does not stand in the address bar yet
let asking = new AbortController();
const timers = {};

function later(name, wait, act) {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(act, wait);
}

function tell(text, failed = false) {
  going.textContent = text;
  going.classList.toggle("error", failed);
  going.hidden = !text;
}

// What stands in the address is what a reader comes back to; words on the way there leave nothing in the history.
function keep() {
  clearTimeout(timers.keep);
  if (address) history.replaceState(history.state, "", address);
  address = null;
}

async function ask() {
  const words = box.value.trim();
  asking.abort();
  if (words === shown) return finish();
  asking = new AbortController();
  const { signal } = asking;
  const parameters = new URLSearchParams(new FormData(form));
  if (!words) parameters.delete("q");
  const target = new URL(form.action);
  if (!secret) target.search = parameters;
  region.setAttribute("aria-busy", "true");
  later("going", SHOW_GOING, () => tell(going.dataset.going));
  try {
    const response = await fetch(target, secret ? { method: "POST", body: parameters, signal } : { signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("#ui-found");
    if (!response.ok || !found) throw new Error(`The library answered ${response.status}.`);
    finish();
    // Who is among the results by now reads these.
    if (!region.contains(document.activeElement)) show(page, found, words, target);
  } catch (error) {
    if (error.name === "AbortError") return;
    finish();
    const text = navigator.onLine ? going.dataset.failed : going.dataset.offline;
    tell(text, true);
    said.textContent = text;
  }
}

function finish() {
  clearTimeout(timers.going);
  region.removeAttribute("aria-busy");
  tell("");
}

function show(page, found, words, target) {
  const open = [...region.querySelectorAll("details[open][data-fold]")].map((fold) => fold.dataset.fold);
  region.replaceChildren(...found.childNodes);
  for (const fold of region.querySelectorAll("details[data-fold]")) fold.open = open.includes(fold.dataset.fold);
  document.title = page.title;
  const links = [...page.querySelectorAll("link[rel=alternate][type]")];
  document.querySelectorAll("link[rel=alternate][type]").forEach((link, at) => links[at] && link.replaceWith(links[at]));
  const languages = page.querySelector(".ui-languages ul");
  if (languages) document.querySelector(".ui-languages ul")?.replaceWith(languages);
  shown = words;
  later("announce", ANNOUNCE, () => (said.textContent = found.dataset.said));
  if (!secret) {
    address = target;
    later("keep", KEEP, keep);
  }
}

if (!sparing) {
  box.addEventListener("input", (event) => {
    clearTimeout(timers.keep);
    if (!event.isComposing) later("ask", PAUSE, ask);
  });
  box.addEventListener("compositionend", () => later("ask", PAUSE, ask));
  form.addEventListener("submit", () => {
    clearTimeout(timers.ask);
    asking.abort();
  });
  document.addEventListener("click", (event) => event.target.closest("a") && keep(), true);
  addEventListener("pagehide", keep);
}

// What a page to read does besides: marks the section one is in, copies a heading's lasting address, puts away the
// explanation of a word. Nothing here is needed to read, and nothing is sent.
const links = [...document.querySelectorAll(".beside-text .outline a[href^='#']")];

// The section whose heading went past the upper third of the window last.
function follow() {
  const places = new Map();
  for (const link of links) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) places.set(heading, link);
  }
  const mark = () => {
    const line = innerHeight / 3;
    let here = null;
    for (const [heading, link] of places) if (heading.getBoundingClientRect().top <= line) here = link;
    for (const link of links) {
      if (link === here) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
    const side = here?.closest(".beside-text");
    if (side && side.scrollHeight > side.clientHeight) keep(here, side);
  };
  const seen = new IntersectionObserver(mark, { rootMargin: "-33% 0px -60% 0px" });
  for (const heading of places.keys()) seen.observe(heading);
  addEventListener("scrollend", mark);
  mark();
}

// Scrolls the list beside the text, never the page.
function keep(link, side) {
  const box = side.getBoundingClientRect();
  const at = link.getBoundingClientRect();
  if (at.top < box.top + 40 || at.bottom > box.bottom - 40) side.scrollTop += at.top - box.top - box.height / 3;
}

// The address that stays: without the words of a search, in no language of the interface.
function lasting(anchor) {
  const canonical = document.querySelector("link[rel=canonical]")?.href ?? location.href;
  return `${canonical.split("#")[0]}#${anchor}`;
}

async function copy(event) {
  const link = event.target.closest("a.heading");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || !navigator.clipboard) return;
  const words = document.querySelector("[data-copied]")?.dataset.copied;
  if (!words) return;
  try {
    await navigator.clipboard.writeText(lasting(decodeURIComponent(link.hash.slice(1))));
  } catch {
    return; // the browser did not allow it; the link has led there all the same
  }
  const said = document.createElement("span");
  said.className = "copied";
  said.role = "status";
  said.lang = document.documentElement.lang;
  link.after(said);
  said.textContent = words;
  setTimeout(() => said.remove(), 2000);
}

// A finger has nothing to hover with: the first tap explains the word, the second leads to the glossary.
function explain(event) {
  const term = event.target.closest(".term");
  for (const other of document.querySelectorAll(".term.opened")) if (other !== term) other.classList.remove("opened");
  if (term && event.pointerType !== "mouse" && event.detail && !term.classList.contains("opened")) {
    event.preventDefault();
    term.classList.add("opened");
  }
}

function putAway(event) {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:is(:hover, :focus, .opened)")) {
    term.classList.remove("opened");
    term.classList.add("put-away");
  }
}

function comeBack(event) {
  event.target.closest?.(".term.put-away")?.classList.remove("put-away");
}

if (links.length) follow();
document.addEventListener("click", copy);
document.addEventListener("click", explain);
document.addEventListener("keydown", putAway);
document.addEventListener("mouseout", comeBack);
document.addEventListener("focusout", comeBack);

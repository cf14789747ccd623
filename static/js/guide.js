// Where one is in a guidebook, kept in this browser alone: no cookie, nothing sent. One item of localStorage a piece,
// "reading:<slug>" = {"chapter", "title", "anchor", "read": [chapters seen to their end]}; the cover forgets it on asking.
const KEY = "reading:";

function kept(slug) {
  try {
    const found = JSON.parse(localStorage.getItem(KEY + slug));
    return found && typeof found.chapter === "string" && Array.isArray(found.read) ? found : null;
  } catch {
    return null; // no storage in this window, or something else under our name
  }
}

function keep(slug, place) {
  try {
    localStorage.setItem(KEY + slug, JSON.stringify(place));
  } catch {
    // Full or forbidden: the place is not kept, reading goes on.
  }
}

function onChapter(book) {
  const { place: slug, chapter } = book.dataset;
  const title = book.querySelector("h1").textContent.trim();
  const place = { read: [], ...kept(slug), chapter, title, anchor: "" };
  keep(slug, place);
  const passed = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      place.anchor = entry.target.id;
      keep(slug, place);
    }
  }, { rootMargin: "0px 0px -55% 0px" });
  for (const heading of book.querySelectorAll(".prose :is(h2, h3)[id]")) passed.observe(heading);
  const end = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting) || place.read.includes(chapter)) return;
    place.read.push(chapter);
    keep(slug, place);
  });
  end.observe(book.querySelector(".turn"));
}

function onCover(start) {
  const slug = start.dataset.begun;
  const place = kept(slug);
  const chapters = [...document.querySelectorAll(".chapters .chapter-line > a")];
  const at = (link) => decodeURIComponent(new URL(link.href).pathname.split("/").at(-2));
  const here = place && chapters.find((link) => at(link) === place.chapter);
  if (!here) return;
  const parts = start.querySelector("template").content.cloneNode(true);
  const mark = parts.querySelector("[data-read]");
  mark.remove();
  const marks = chapters.filter((link) => place.read.includes(at(link))).map((link) => {
    const made = mark.cloneNode(true);
    link.after(made);
    return made;
  });
  const go = parts.querySelector("[data-continue]");
  go.href = here.href + (place.anchor ? `#${encodeURIComponent(place.anchor)}` : "");
  parts.querySelector("[data-at]").textContent = here.textContent.trim();
  const first = start.querySelector("a.button");
  const added = [...parts.children];
  parts.querySelector("[data-forget]").addEventListener("click", () => {
    try {
      localStorage.removeItem(KEY + slug);
    } catch {
      // It could not be kept either.
    }
    for (const one of [...added, ...marks]) one.remove();
    first.classList.remove("quiet");
    first.focus();
  });
  first.classList.add("quiet");
  first.before(go);
  start.append(...added.filter((one) => one !== go));
}

// Finds within a piece without leaving the page: what the form's own page answers is shown below the form.
const form = document.querySelector("form[data-find]");
const field = form?.querySelector("input[name=q]");
let asked = null;

async function find(event) {
  event.preventDefault();
  if (!field.value.trim()) return leave();
  asked?.abort();
  asked = new AbortController();
  const address = new URL(form.action);
  address.searchParams.set("q", field.value);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-found]");
    if (!answer.ok || !found) throw new Error("no answer");
    show(found);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address); // what is wrong, the page itself says
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function show(found) {
  const region = document.querySelector("[data-found]");
  const count = found.querySelector(".found-count");
  if (region) region.replaceChildren(...found.childNodes);
  else form.after(found);
  // A live region says only what changes in it once it stands on the page.
  const words = count.textContent;
  count.textContent = "";
  requestAnimationFrame(() => (count.textContent = words));
}

function leave() {
  document.querySelector("[data-found]")?.remove();
}

function onForm() {
  form.addEventListener("submit", find);
  field.addEventListener("input", () => field.value || leave());
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    leave();
  });
}

const book = document.querySelector("[data-place]");
const start = document.querySelector("[data-begun]");
if (book) onChapter(book);
if (start) onCover(start);
if (form) onForm();

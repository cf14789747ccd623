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
  first.after(...added.filter((one) => one !== go));
}

const book = document.querySelector("[data-place]");
const start = document.querySelector("[data-begun]");
if (book) onChapter(book);
if (start) onCover(start);

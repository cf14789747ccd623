// Search of a pack, without a server: the index is a script beside this one, fetched when somebody searches.
"use strict";

(() => {
  const form = document.querySelector("form.search");
  const asked = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : location.search);
  const waiting = new Map();
  const texts = new Map();
  let index = null;

  function script(name) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = `search/${name}.js`;
      element.onload = resolve;
      element.onerror = () => reject(new Error(name));
      document.head.append(element);
    });
  }

  self.packSearch = {
    index(found) { index = found; },
    texts(piece, found) { texts.set(piece, found); },
  };

  function fetched(name) {
    if (!waiting.has(name)) waiting.set(name, script(name));
    return waiting.get(name);
  }

  // Where a section stands in its piece's list of texts: sections of a piece lie side by side.
  function within(section) {
    const piece = index.pages[index.sections[section][0]][4];
    let first = section;
    while (first > 0 && index.pages[index.sections[first - 1][0]][4] === piece) first -= 1;
    return [piece, section - first];
  }

  async function search(query) {
    const status = document.querySelector(".count");
    const part = document.querySelector(".results");
    const list = part.querySelector("ol");
    list.replaceChildren();
    part.hidden = true;
    if (!query.trim()) { status.textContent = ""; return; }
    status.textContent = status.dataset.wait;
    await fetched("index");
    const found = librarySearch.find(index, query);
    await Promise.all([...new Set(found.map((one) => within(one.section)[0]))].map((piece) => fetched(`text-${piece}`)));
    for (const { section } of found) {
      const [page, anchor, heading] = index.sections[section];
      const [address, title, language, direction] = index.pages[page];
      const [piece, place] = within(section);
      const item = document.createElement("li");
      item.lang = language;
      item.dir = direction;
      const link = document.createElement("a");
      link.href = `${address}?hl=${encodeURIComponent(query)}${anchor ? `#${encodeURIComponent(anchor)}` : ""}`;
      link.append(heading || title);
      const where = document.createElement("p");
      where.className = "where";
      where.textContent = heading ? title : "";
      const text = document.createElement("p");
      text.append(librarySearch.excerpt(texts.get(piece)[place].replaceAll("\n", " "), query));
      item.append(link, where, text);
      list.append(item);
    }
    part.hidden = !found.length;
    status.textContent = found.length ? `${status.dataset.some} ${found.length.toLocaleString(document.documentElement.lang)}` : status.dataset.none;
  }

  if (form) {
    form.hidden = false;
    const box = form.elements.q;
    let later = 0;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(later);
      search(box.value);
    });
    box.addEventListener("input", () => {
      clearTimeout(later);
      later = setTimeout(() => search(box.value), 250);
    });
    if (asked.get("q")) { box.value = asked.get("q"); search(box.value); }
  } else if (asked.get("hl")) {
    librarySearch.mark(document.querySelector("main"), asked.get("hl"));
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }
})();

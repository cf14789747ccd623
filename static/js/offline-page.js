// The page of kept guides: lists them with their sizes, searches through them, takes them off this phone.
const main = document.querySelector(".kept-page");

if (main && self.keptGuides.supported && self.isSecureContext) {
  const [list, found] = [main.querySelector(".kept-list"), main.querySelector(".kept-found")];
  const [form, status] = [main.querySelector("form"), main.querySelector("[role=status]")];
  const words = main.dataset;
  const language = document.documentElement.lang;

  const size = (bytes) => {
    const [value, unit] = bytes < 1e6 ? [Math.ceil(bytes / 1000), "kilobyte"] : [Math.ceil(bytes / 1e5) / 10, "megabyte"];
    return new Intl.NumberFormat(language, { style: "unit", unit }).format(value);
  };
  const say = (text, values = {}) => {
    status.textContent = text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
  };
  const copied = (id) => main.querySelector(`#${id}`).content.firstElementChild.cloneNode(true);

  function row(guide) {
    const item = copied("ui-kept-guide");
    const link = item.querySelector("a");
    link.href = guide.url;
    link.textContent = guide.title;
    link.lang = guide.language;
    link.dir = guide.direction;
    const date = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "long" }).format(new Date(guide.at));
    item.querySelector(".meta").textContent = words.line.replace("{size}", size(guide.bytes)).replace("{date}", date);
    const button = item.querySelector("button");
    button.append(Object.assign(document.createElement("span"), { className: "away", textContent: `: ${guide.title}` }));
    button.addEventListener("click", async () => {
      await self.keptGuides.remove(guide);
      await show();
      say(words.removed, { title: guide.title });
      main.querySelector("h1").focus();
    });
    return item;
  }

  async function show() {
    const guides = await self.keptGuides.list();
    list.replaceChildren(...guides.map(row));
    main.querySelector(".kept-none").hidden = guides.length > 0;
    for (const part of [form, main.querySelector(".kept-all"), main.querySelector("#ui-kept-guides")]) part.hidden = !guides.length;
    if (!guides.length) found.replaceChildren();
  }

  function result(index, section, query) {
    const item = copied("ui-kept-result");
    const [page, anchor, heading] = index.sections[section];
    const [address, title, lang, dir] = index.pages[page];
    const link = item.querySelector("a");
    const text = item.querySelector(".excerpt");
    text.append(self.librarySearch.excerpt(index.texts[section].replaceAll("\n", " "), query));
    const words = self.librarySearch.quote(index.texts[section], query);
    // Browsers that know text fragments mark these words; the others go to the section.
    link.href = `${address}#${encodeURIComponent(anchor)}${words ? `:~:text=${encodeURIComponent(words).replaceAll("-", "%2D")}` : ""}`;
    link.textContent = heading || title;
    item.querySelector(".meta").textContent = heading ? title : "";
    item.lang = lang;
    item.dir = dir;
    return item;
  }

  async function search(query) {
    found.replaceChildren();
    if (!query.trim()) { say(""); return; }
    const results = [];
    for (const guide of await self.keptGuides.list()) {
      const index = await self.keptGuides.index(guide);
      if (index) results.push(...self.librarySearch.find(index, query).map((one) => ({ ...one, index })));
    }
    results.sort((one, other) => other.hits - one.hits || other.score - one.score);
    const best = results.filter((one) => one.hits === results[0].hits).slice(0, 20);
    found.replaceChildren(...best.map((one) => result(one.index, one.section, query)));
    if (best.length) say(words.some, { n: best.length.toLocaleString(language) });
    else say(words.nothing);
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); search(form.elements.q.value); });
  let later = 0;
  form.elements.q.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(() => search(form.elements.q.value), 300);
  });
  main.querySelector(".kept-all button").addEventListener("click", async () => {
    await self.keptGuides.removeEverything();
    await show();
    say(words.emptied);
    main.querySelector("h1").focus();
  });
  // Shown in place of a page that is not here, when there is no line.
  main.querySelector(".kept-away").hidden = location.pathname === words.page;
  main.querySelector(".kept-parts").hidden = false;
  main.querySelector(".kept-without").hidden = true;
  // The library's own search, asked without a line: what is kept here is searched in its stead.
  const asked = new URLSearchParams(location.search).get("q");
  show().then(() => {
    if (asked && !form.hidden) { form.elements.q.value = asked; search(asked); }
  });
}

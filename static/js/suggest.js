// Suggestions below the search box: a combobox whose list the arrows walk through (ARIA Authoring Practices).
const PAUSE = 150;
const form = document.querySelector("#ui-search");
const box = form.elements.q;
const list = document.querySelector("#ui-suggestions");
const secret = form.method === "post";
const line = navigator.connection;
const sparing = line?.saveData || /2g$/.test(line?.effectiveType ?? "") || matchMedia("(prefers-reduced-data: reduce)").matches;
let waiting;
let asking = new AbortController();
let at = -1;
let typed = "";

function close() {
  clearTimeout(waiting);
  asking.abort();
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  point(-1);
}

function point(to) {
  const options = [...list.children];
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === to)));
  at = to;
  if (options[to]) {
    box.setAttribute("aria-activedescendant", options[to].id);
    options[to].scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}

function open(texts) {
  list.replaceChildren(
    ...texts.map((text, number) => {
      const option = document.createElement("li");
      option.id = `ui-suggestion-${number}`;
      option.role = "option";
      option.dir = "auto";
      option.textContent = text;
      return option;
    }),
  );
  list.hidden = !texts.length;
  box.setAttribute("aria-expanded", String(!list.hidden));
  point(-1);
}

async function ask() {
  typed = box.value.trim();
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  if (typed.length < 2) return close();
  const words = new URLSearchParams({ q: typed });
  try {
    const response = secret
      ? await fetch(form.dataset.suggest, { method: "POST", body: words, signal })
      : await fetch(`${form.dataset.suggest}?${words}`, { signal });
    const [, texts] = response.ok ? await response.json() : [typed, []];
    if (document.activeElement === box && box.value.trim() === typed) open(texts.filter((text) => text !== typed).slice(0, 5));
  } catch (error) {
    if (error.name !== "AbortError") close(); // the results say what is wrong with the line
  }
}

function choose(option) {
  box.value = option.textContent;
  close();
  form.requestSubmit();
}

function press(event) {
  if (event.key === "Escape") {
    clearTimeout(waiting); // what was asked for and has not come yet stays away as well
    asking.abort();
  }
  if (event.isComposing || list.hidden) return;
  const last = list.children.length - 1;
  const moves = { ArrowDown: at === last ? -1 : at + 1, ArrowUp: at === -1 ? last : at - 1 };
  if (event.key in moves && !event.altKey) {
    event.preventDefault();
    point(moves[event.key]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    choose(list.children[at]);
  } else if (event.key === "Tab") {
    close();
  }
}

if (!sparing) {
  box.type = "text"; // of the two, only this may be a combobox
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", list.id);
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", press);
  box.addEventListener("blur", close);
  form.addEventListener("submit", close);
  // Whoever goes for the results that have come meanwhile wants to see them.
  document.querySelector("#ui-found").addEventListener("pointermove", (event) => (event.movementX || event.movementY) && close());
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => event.target.closest("[role=option]") && choose(event.target.closest("[role=option]")));
}

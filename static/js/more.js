// Lays the next pieces under those that are there, says how many came and moves to the first of them. Without this
// script “Show more” leads to a page of its own. How many pages lie here is kept in the entry of the browser's history
// alone, so that a reader who comes back finds the list, and the place in it, as it was left.
const cards = document.getElementById("ui-cards");
const said = document.getElementById("ui-came");
const more = () => document.getElementById("ui-more");
const link = () => more().querySelector("a[rel=next]");
let laid = 0;

async function lay() {
  const answer = await fetch(link().href);
  if (!answer.ok) throw new Error(String(answer.status));
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const came = [...next.querySelectorAll("#ui-cards > li")];
  for (const heading of next.querySelectorAll("#ui-cards h2")) {
    const lower = next.createElement("h3");
    lower.dir = heading.dir;
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
  cards.append(...came);
  more().replaceWith(next.getElementById("ui-more"));
  laid += 1;
  return came[0];
}

function remember(changes) {
  history.replaceState({ ...history.state, ...changes }, "");
}

async function press(event) {
  const pressed = event.target.closest?.("#ui-more a[rel=next]");
  if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (pressed.ariaBusy === "true") return;
  pressed.ariaBusy = "true";
  try {
    const first = await lay();
    remember({ laid });
    first.querySelector("a").focus({ preventScroll: false });
    said.textContent = more().dataset.came;
  } catch {
    pressed.ariaBusy = null;
    said.textContent = pressed.dataset.failed;
    location.assign(pressed.href);
  }
}

async function restore({ laid: before = 0, at = 0 }) {
  if (!before) return;
  history.scrollRestoration = "manual";
  try {
    while (laid < before && link()) await lay();
    if (!location.hash) scrollTo(0, at);
  } catch {
    remember({ laid });
  }
}

document.addEventListener("click", press);
addEventListener("pagehide", () => laid && remember({ at: scrollY }));
restore(history.state ?? {});

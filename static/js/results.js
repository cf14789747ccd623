// Arrows and j, k through the results, Escape back to the box. Every result stays a link in the order of the page.
const box = document.querySelector("#ui-q");
const region = document.querySelector("#ui-found");
const note = document.querySelector("#ui-keys");
const choice = note.querySelector("input");
const written = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

function singleKeys(set) {
  try {
    if (set !== undefined) localStorage.setItem("single-keys", set ? "on" : "off");
    return localStorage.getItem("single-keys") !== "off";
  } catch {
    return choice.checked;
  }
}

function move(by) {
  const titles = [...region.querySelectorAll(".hit h3 a")];
  const here = titles.indexOf(document.activeElement.closest(".hit")?.querySelector("h3 a"));
  const inView = titles.findIndex((title) => title.getBoundingClientRect().top >= 0);
  const to = here >= 0 ? here + by : document.activeElement === box ? 0 : Math.max(inView, 0);
  if (to < 0) box.focus();
  else titles[to]?.focus();
  return to < 0 || to < titles.length;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const among = event.target.closest?.(".hit");
  const by = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  if (event.key === "Escape" && among) {
    event.preventDefault();
    box.focus();
  } else if (by && event.key.length > 1) {
    if ((among || (event.target === box && by > 0)) && move(by)) event.preventDefault();
  } else if (by && !event.target.closest?.(written) && singleKeys() && move(by)) {
    event.preventDefault();
  }
});

choice.checked = singleKeys();
choice.addEventListener("change", () => singleKeys(choice.checked));
note.hidden = false;

// “Leave quickly”: hides the page at once and puts another site in its place, so that “back” does not lead here.
// By the link, or by Esc pressed twice (once closes menus); the key can be switched off, for this browser alone.
const TWICE_WITHIN = 1000; // milliseconds
const OFF = "leave-key-off";

const link = document.querySelector(".ui-leave");
const line = document.querySelector(".ui-leave-key");
let pressed = -Infinity;

function leave() {
  document.documentElement.hidden = true;
  document.title = "\u2026";
  location.replace(link.href);
}

function isOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false; // a browser that keeps nothing: the key is on
  }
}

function say() {
  line.querySelector("button").textContent = isOff() ? line.dataset.off : line.dataset.on;
}

link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // to a tab of its own: this page stays
  event.preventDefault();
  leave();
});

addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  if (event.key !== "Escape" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) {
    pressed = -Infinity;
    return;
  }
  if (event.timeStamp - pressed < TWICE_WITHIN && !isOff()) leave();
  pressed = event.timeStamp;
}, { capture: true });

// A browser may show the page from its memory after all: it stays hidden until it is loaded anew.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.documentElement.hidden) location.reload();
});

if (line) {
  line.hidden = false;
  say();
  line.querySelector("button").addEventListener("click", () => {
    try {
      if (isOff()) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    } catch {
      // Nothing can be kept here: the button says what holds.
    }
    say();
  });
}

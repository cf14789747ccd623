// Finds within a piece without leaving the page: what the form's own page answers is shown below the form.
const form = document.querySelector("form[data-find]");
const field = form.querySelector("input[name=q]");
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

form.addEventListener("submit", find);
field.addEventListener("input", () => field.value || leave());
form.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  field.value = "";
  leave();
});

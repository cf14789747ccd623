// Pages that show files being read keep themselves up to date: by server-sent events, else by asking now and then.
const ASK_EVERY = 4000;
const TRY_STREAM_AFTER = 30000;
const QUIET = 1200; // a region is fetched again at most this often

const region = document.querySelector("[data-live]");
let stream = null;
let asking = 0;
let fetching = false;
let again = false;
const states = new Map(); // of jobs that stand on another page of the list, as they were told last

// Show the page's live region as the server has it now. The one being used (a button with the focus) keeps its focus.
async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
      if (fresh) replace(fresh);
    }
  } catch {
    // The line is down for a moment: the next change or look tells.
  }
  await new Promise((resolve) => setTimeout(resolve, QUIET));
  fetching = false;
  if (again) {
    again = false;
    refresh();
  }
}

function replace(fresh) {
  const focused = region.contains(document.activeElement) ? place(document.activeElement) : null;
  region.replaceChildren(...fresh.childNodes);
  region.dataset.unsettled = fresh.dataset.unsettled;
  if (focused) region.querySelector(focused)?.focus({ preventScroll: true });
  if (region.dataset.unsettled === "no" && !("list" in region.dataset)) leave();
}

function place(element) {
  if (element.closest("form")?.getAttribute("action")) {
    return `form[action="${CSS.escape(element.closest("form").getAttribute("action"))}"] button`;
  }
  return element.getAttribute("href") ? `a[href="${CSS.escape(element.getAttribute("href"))}"]` : "h1";
}

function show(change) {
  const row = region.querySelector(`[data-job="${change.id}"]`);
  if (!row) {
    // Its coming or its end may change this page; how far it is does not.
    if ("list" in region.dataset && states.get(change.id) !== change.state) refresh();
    states.set(change.id, change.state);
    return;
  }
  if (row.dataset.state !== change.state) {
    refresh();
    return;
  }
  if (change.state !== "running") return;
  const bar = row.querySelector("[data-progress]");
  bar.hidden = false;
  if (change.total) {
    bar.querySelector("progress").max = change.total;
    bar.querySelector("progress").value = change.done;
  }
  bar.querySelector("[data-text]").textContent = change.text;
  const opening = row.querySelector("[data-opening]");
  if (opening && change.opening) {
    opening.textContent = change.opening;
    row.querySelector("[data-opening-of]").hidden = false;
  }
}

function listen() {
  clearInterval(asking);
  asking = 0;
  stream = new EventSource(region.dataset.live);
  stream.addEventListener("job", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    // A stream that ended is opened again by the browser; one that was refused (too many of them) is not.
    if (stream.readyState === EventSource.CLOSED) ask();
  });
}

function ask() {
  stream = null;
  asking = setInterval(() => {
    if (region.dataset.unsettled === "yes") refresh();
  }, ASK_EVERY);
  setTimeout(listen, TRY_STREAM_AFTER);
}

function leave() {
  stream?.close();
  clearInterval(asking);
}

if (region && (region.dataset.unsettled === "yes" || "list" in region.dataset)) {
  listen();
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      refresh();
      listen();
    }
  });
}

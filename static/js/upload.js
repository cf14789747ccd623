// Sends files in pieces, several at a time, and goes on after a lost line, a reload or a restart of the library.
// Without this script the form sends them in one go.
const AT_ONCE = 2;
const TRIES = 8;
const form = document.querySelector("form[data-sends]");
const words = JSON.parse(form.dataset.words);
const field = form.querySelector("input[type=file]");
const list = form.querySelector("[data-files]");
const said = form.querySelector("[data-said]");
const token = form.querySelector("[name=csrf_token]").value;
const headers = { "X-CSRFToken": token, Accept: "application/json" };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Refused extends Error {}

// A file on its way: its line in the list, and where it is.
class Sending {
  constructor(file) {
    this.file = file;
    this.stop = new AbortController();
    this.line = document.createElement("li");
    this.line.innerHTML =
      '<div class="file-line"><bdi></bdi><span class="state"></span></div><span class="progress"><progress></progress><span class="hint"></span></span>';
    this.line.querySelector("bdi").textContent = file.name;
    this.bar = this.line.querySelector("progress");
    this.bar.max = Math.max(file.size, 1);
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "button quiet";
    this.button.textContent = words.stop;
    this.button.setAttribute("aria-label", `${words.stop}: ${file.name}`);
    this.button.addEventListener("click", () => this.press());
    const actions = document.createElement("div");
    actions.className = "file-actions";
    actions.append(this.button);
    this.line.append(actions);
    this.say("queued", words.waiting);
    list.append(this.line);
  }

  say(state, text) {
    const word = this.line.querySelector(".state");
    word.className = `state ${state}`;
    word.textContent = text;
    this.state = state;
  }

  show(offset) {
    this.bar.value = offset;
    this.line.querySelector(".hint").textContent = `${Math.floor((100 * offset) / Math.max(this.file.size, 1))} %`;
  }

  press() {
    if (this.state === "failed" || this.state === "cancelled") {
      this.stop = new AbortController();
      this.button.textContent = words.stop;
      waiting.push(this);
      this.say("queued", words.waiting);
      work();
    } else {
      this.stop.abort();
    }
  }

  ended(state, text) {
    this.say(state, text);
    this.button.textContent = words.goOn;
    this.button.setAttribute("aria-label", `${words.goOn}: ${this.file.name}`);
    if (state === "done") {
      this.button.remove();
      this.line.querySelector(".progress").hidden = true;
    }
  }

  // To the end, however often the line breaks; what the library refuses is final.
  async send() {
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        await this.sendOnce();
        return this.ended("done", words.sent);
      } catch (error) {
        if (this.stop.signal.aborted) return this.ended("cancelled", words.stopped);
        if (error instanceof Refused) return this.ended("failed", error.message);
        this.say("running", words.again);
        await pause(Math.min(500 * 2 ** tries, 15000));
      }
    }
    return this.ended("failed", words.failed);
  }

  async sendOnce() {
    this.say("running", words.sending);
    let about = await this.begun();
    while (!about.job) {
      this.show(about.offset);
      const piece = this.file.slice(about.offset, about.offset + about.piece);
      const range = piece.size ? `bytes ${about.offset}-${about.offset + piece.size - 1}/${this.file.size}` : `bytes */${this.file.size}`;
      about = await this.ask(about.url, { method: "PUT", body: piece, headers: { ...headers, "Content-Range": range } }, (sent) => this.show(about.offset + sent));
    }
    this.job = about.job;
  }

  // Where to go on: at what the library has of it, or at the beginning.
  async begun() {
    if (this.url) {
      const answer = await fetch(this.url, { headers, signal: this.stop.signal });
      if (answer.ok && !answer.redirected) return answer.json();
      if (answer.status !== 404) throw new Error(answer.status);
    }
    const known = unfinished.find((one) => one.name === this.file.name && one.size === this.file.size && one.modified === this.file.lastModified && !one.taken);
    if (known) known.taken = true;
    const about = known ?? (await this.ask(form.dataset.sends, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(this.described()) }));
    this.url = about.url;
    return about;
  }

  described() {
    const topics = [...form.querySelectorAll("[name=topics]:checked")].map((box) => box.value);
    return { name: this.file.name, size: this.file.size, modified: this.file.lastModified, topics, batch };
  }

  // XMLHttpRequest, because fetch does not tell how much of a body has been sent.
  ask(url, { method, body, headers: said }, told) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      for (const [name, value] of Object.entries(said)) request.setRequestHeader(name, value);
      if (told) request.upload.addEventListener("progress", (event) => told(event.loaded));
      request.addEventListener("error", () => reject(new Error("line")));
      request.addEventListener("abort", () => reject(new Error("stopped")));
      request.addEventListener("load", () => {
        let answer = {};
        try {
          answer = JSON.parse(request.responseText);
        } catch {
          if (request.status < 400) return reject(new Refused(words.signedOut));
        }
        if (request.status < 400) return resolve(answer);
        if ([401, 403].includes(request.status)) return reject(new Refused(words.signedOut));
        // A busy library, a piece that came twice, an upload that was forgotten: looked at and gone on with.
        if (request.status >= 500 && request.status !== 507) return reject(new Error("busy"));
        if ([404, 409].includes(request.status)) return reject(new Error("elsewhere"));
        return reject(new Refused(answer.error || words.failed));
      });
      this.stop.signal.addEventListener("abort", () => request.abort());
      request.send(body);
    });
  }
}

const batch = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const all = [];
const waiting = [];
let unfinished = [];
let lanes = 0;

async function work() {
  if (lanes >= AT_ONCE) return;
  lanes++;
  while (waiting.length) await waiting.shift().send();
  lanes--;
  if (!lanes) settled();
}

function settled() {
  const received = all.filter((one) => one.state === "done").length;
  said.textContent = received === all.length ? words.all : words.some;
  if (received) {
    const link = document.createElement("a");
    link.href = `${form.dataset.jobs}?batch=${batch}`;
    link.textContent = words.see;
    said.append(" ", link);
  }
  if (received === all.length) {
    removeEventListener("beforeunload", warn);
    location.assign(all.length === 1 ? all[0].job : `${form.dataset.jobs}?batch=${batch}`);
  }
}

function warn(event) {
  if (lanes) event.preventDefault();
}

function take(files) {
  const chosen = files.filter((file) => !file.name.startsWith("."));
  if (!chosen.length) return;
  form.querySelector("[data-sending]").hidden = false;
  said.textContent = words.busy;
  for (const file of chosen) {
    const sending = new Sending(file);
    all.push(sending);
    if (file.size > Number(form.dataset.largest)) {
      sending.ended("failed", words.tooLarge);
      sending.button.remove();
    } else {
      waiting.push(sending);
    }
  }
  field.value = "";
  field.required = false;
  addEventListener("beforeunload", warn);
  for (let lane = 0; lane < AT_ONCE; lane++) work();
}

// Files and, where the browser can, the files of folders that were dropped.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(below))).flat();
}

async function below(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return (await Promise.all(found.map(below))).flat();
    found.push(...some);
  }
}

function offerFolder() {
  const folder = document.createElement("input");
  folder.type = "file";
  folder.webkitdirectory = true;
  folder.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet";
  button.textContent = words.folder;
  button.addEventListener("click", () => folder.click());
  folder.addEventListener("change", () => {
    take([...folder.files]);
    folder.value = "";
  });
  const line = document.createElement("p");
  line.className = "drop-line hint";
  line.append(button, " ", words.drop, folder);
  form.querySelector("[data-drop] input").after(line);
}

async function tellUnfinished() {
  const answer = await fetch(form.dataset.sends, { headers });
  if (!answer.ok || answer.redirected) return;
  unfinished = (await answer.json()).uploads;
  if (!unfinished.length) return;
  const notice = document.createElement("div");
  notice.className = "notice info";
  const lead = document.createElement("p");
  lead.textContent = words.unfinished;
  const names = document.createElement("ul");
  for (const one of unfinished) {
    const line = document.createElement("li");
    const name = document.createElement("bdi");
    name.textContent = one.name;
    const forget = document.createElement("button");
    forget.type = "button";
    forget.className = "ui-plain";
    forget.textContent = words.forget;
    forget.setAttribute("aria-label", `${words.forget}: ${one.name}`);
    forget.addEventListener("click", async () => {
      await fetch(one.url, { method: "DELETE", headers });
      unfinished = unfinished.filter((other) => other !== one);
      line.remove();
      if (!names.children.length) notice.remove();
    });
    line.append(name, ` (${Math.floor((100 * one.offset) / Math.max(one.size, 1))} %) `, forget);
    names.append(line);
  }
  notice.append(lead, names);
  form.before(notice);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take([...field.files]);
});
const target = form.querySelector("[data-drop]");
for (const name of ["dragenter", "dragover"]) {
  target.addEventListener(name, (event) => {
    event.preventDefault();
    target.classList.add("over");
  });
}
target.addEventListener("dragleave", () => target.classList.remove("over"));
target.addEventListener("drop", async (event) => {
  event.preventDefault();
  target.classList.remove("over");
  take(await dropped(event.dataTransfer));
});
offerFolder();
tellUnfinished();

// The page of a file that is being read shows itself again once the file has been dealt with.
const waiting = document.querySelector("[data-waits-for]");

async function look() {
  try {
    const answer = await fetch(waiting.dataset.waitsFor, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).settled) {
      location.reload();
      return;
    }
  } catch {
    // The line is down for a moment: the next look tells.
  }
  setTimeout(look, 1000);
}

if (waiting) setTimeout(look, 700);

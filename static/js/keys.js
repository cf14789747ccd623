// "/" leads to the search box from every page. It can be switched off on the search page (WCAG 2.1.4).
const written = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable], [role=textbox]";

function wanted() {
  try {
    return localStorage.getItem("single-keys") !== "off";
  } catch {
    return true;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(written) || !wanted()) return;
  const boxes = [...document.querySelectorAll('form[action$="/search"] input[type=search], #ui-q')];
  const box = boxes.find((one) => one.checkVisibility?.() ?? true);
  event.preventDefault();
  if (box) {
    box.focus();
    box.select();
  } else {
    document.querySelector(".ui-to-search")?.click();
  }
});

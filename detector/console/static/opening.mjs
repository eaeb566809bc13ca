// A case is taken up once its page is shown; who writes in it by then keeps what is written.

function takeOver(panel, fresh) {
  const own = panel.getAttribute("hx-post").replace(/open$/, "");
  const version = fresh.querySelector(`form[action^="${CSS.escape(own)}"] input[name="version"]`)?.value;
  const facts = fresh.querySelector("dl");
  if (facts) panel.querySelector("dl")?.replaceWith(document.adoptNode(facts));
  if (!version) return;
  for (const field of panel.querySelectorAll(`form[action^="${CSS.escape(own)}"] input[name="version"]`)) {
    field.value = version;
  }
}

export function startOpening() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const panel = event.detail.target;
    if (panel.id !== "case" || !event.detail.shouldSwap || !panel.contains(document.activeElement)) return;
    event.detail.shouldSwap = false;
    takeOver(panel, new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html"));
  });
}

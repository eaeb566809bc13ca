// A case is taken up once its page is shown, which makes a new version of it. Who writes in it by then keeps what
// is written; what is sent meanwhile waits, or it would meet its own sender's change.

let held = null;

const isOpening = (panel) => panel?.hasAttribute("hx-post") && !panel.dataset.opened;

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

function hold(event) {
  if (!isOpening(event.target.closest("#case"))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held = { action: event.target.getAttribute("action"), name: event.submitter?.name, value: event.submitter?.value };
}

function release(panel) {
  panel.dataset.opened = "yes";
  if (!held) return;
  const { action, name, value } = held;
  held = null;
  for (const form of panel.querySelectorAll("form")) {
    if (form.getAttribute("action") !== action) continue;
    const button = [...form.querySelectorAll("button")].find((one) => one.name === name && one.value === value);
    if (button) return form.requestSubmit(button);
  }
}

export function startOpening() {
  document.addEventListener("submit", hold, true);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const panel = event.detail.target;
    if (panel.id !== "case" || !event.detail.shouldSwap || !panel.contains(document.activeElement)) return;
    event.detail.shouldSwap = false;
    takeOver(panel, new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html"));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // The panel that asked is gone by then, and another one stands in its place.
    const panel = document.getElementById("case");
    if (panel && event.detail.pathInfo?.requestPath?.endsWith("/open")) release(panel);
  });
}

// Messages of what was done, and of what could not be.

const LASTS = 20000; // ms; one that takes something back can be reached by z until then

function fade(toast) {
  window.setTimeout(() => { if (!toast.contains(document.activeElement)) toast.remove(); }, LASTS);
}

function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.dataset.close = "";
  close.setAttribute("aria-label", "Close this message");
  close.textContent = "×";
  toast.append(words, close);
  document.getElementById("toasts")?.replaceChildren(toast);
}

function reason(answer) {
  try {
    return JSON.parse(answer.responseText).detail;
  } catch {
    return `the service answered ${answer.status}; reload the page and try again`;
  }
}

export function startToasts() {
  const place = document.getElementById("toasts");
  if (!place) return;
  for (const toast of place.querySelectorAll("[data-toast]")) fade(toast);
  document.addEventListener("click", (event) => {
    if (event.target.matches("[data-close]")) event.target.closest(".toast")?.remove();
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const toast of place.querySelectorAll("[data-toast]")) fade(toast);
  });
  document.addEventListener("htmx:responseError", (event) => say(`Not done: ${reason(event.detail.xhr)}`));
  document.addEventListener("htmx:sendError", () => say("Not done: the service does not answer; try again"));
}

// Keys. Where somebody writes, and with Ctrl, Alt or Meta, they mean what they always mean.
import { here, rows, step } from "./rows.mjs";

const PAGES = { q: "/console/queue", o: "/console" };
const WAIT = 1200; // ms between the two keys of a pair
let pending = 0;

const writing = (target) =>
  target.isContentEditable || /^(textarea|select)$/i.test(target.tagName) ||
  (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type));

// A control of the row that is meant, else of the page.
function control(key) {
  const row = here();
  const brief = row?.nextElementSibling?.matches("[data-brief]") ? row.nextElementSibling : null;
  const at = `[data-key="${CSS.escape(key)}"]`;
  return row?.querySelector(at) ?? brief?.querySelector(at) ?? document.querySelector(`[data-page-keys] ${at}`);
}

// A change of the row that is meant, where its own controls are not unfolded.
function change(key) {
  const row = here();
  const list = document.querySelector("[data-rows]");
  if (!row || list.dataset.mayChange !== "yes") return;
  const verdicts = list.dataset.verdicts.split(" ");
  const values = key === "a" ? { assignee: "me" } : { verdict: verdicts[Number(key) - 1] };
  window.htmx.ajax("POST", row.dataset.change, {
    source: row, target: row, swap: "outerHTML", values: { ...values, version: row.dataset.version },
  });
}

function act(key) {
  const found = control(key);
  if (found) found.click();
  else change(key);
}

function goPage(key) {
  pending = 0;
  if (PAGES[key]) window.location.assign(PAGES[key]);
}

const DOES = {
  j: () => step(1),
  k: () => step(-1),
  x: () => here()?.querySelector("[data-select]")?.click(),
  e: () => here()?.querySelector("[data-expand]")?.click(),
  z: () => document.querySelector("[data-undo]")?.click(),
  n: () => document.querySelector("[data-news]:not([hidden])")?.click(),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
  g: () => { pending = performance.now(); },
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && writing(event.target)) event.target.blur();
  if (writing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key;
  if (pending && performance.now() - pending < WAIT) goPage(key);
  else if (DOES[key]) DOES[key]();
  else if (key === "a" || /^[1-6]$/.test(key)) act(key);
  else if (key === "Enter" && event.target === document.body) here()?.querySelector("a")?.click();
  else return;
  if (key !== "Enter") event.preventDefault();
}

export function startKeys() {
  document.addEventListener("keydown", pressed);
  // Whoever goes on by Tab or mouse is meant by the keys as well.
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-rows] [data-row]");
    if (!row || row === here()) return;
    for (const one of rows()) one.classList.toggle("here", one === row);
  });
  // A row that was changed is another element; the keys still mean it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target;
    if (!row.matches?.("[data-row].here")) return;
    const id = row.id;
    document.addEventListener("htmx:afterSettle", () => {
      const again = document.getElementById(id);
      again?.classList.add("here");
      again?.querySelector("a")?.focus({ preventScroll: true });
    }, { once: true });
  });
}

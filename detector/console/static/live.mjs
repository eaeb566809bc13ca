// Keeps a list up to date without moving rows: known rows change in place, new ones wait behind a bar.
import { rows } from "./rows.mjs";

const EVERY = 5000; // ms
let tag = "";

const known = () => new Map(rows().map((row) => [row.id, row]));
const isBusy = (row) =>
  row.contains(document.activeElement) || row.querySelector("[data-select]")?.checked === true;

function renew(row, fresh) {
  if (row.dataset.version === fresh.dataset.version) {
    // Time went on; nothing else did.
    for (const cell of fresh.querySelectorAll("[data-time]")) {
      const old = row.querySelector(`[data-time="${cell.dataset.time}"]`);
      if (old) old.replaceWith(document.adoptNode(cell.cloneNode(true)));
    }
  } else if (isBusy(row)) {
    row.classList.add("stale");
  } else {
    const replaced = document.adoptNode(fresh);
    replaced.classList.toggle("here", row.classList.contains("here"));
    row.replaceWith(replaced);
    window.htmx?.process(replaced);
  }
}

function show(text) {
  // Rows by themselves would lose their tags.
  const page = new DOMParser().parseFromString(`<table>${text}</table>`, "text/html");
  const mine = known();
  let news = 0;
  for (const fresh of page.querySelectorAll("[data-row]")) {
    const row = mine.get(fresh.id);
    if (row) renew(row, fresh);
    else news += 1;
  }
  announce(news);
}

function announce(news) {
  const bar = document.querySelector("[data-news]");
  const words = news === 1 ? "1 new: show it" : `${news} new: show them`;
  bar.hidden = news === 0;
  if (news > 0 && bar.textContent !== words) {
    bar.textContent = words;
    document.getElementById("news-said").textContent = news === 1 ? "1 new case" : `${news} new cases`;
  }
}

async function look(list) {
  if (document.hidden) return;
  const headers = tag ? { "If-None-Match": tag } : {};
  const answer = await fetch(list.dataset.live, { headers, credentials: "same-origin", redirect: "manual" });
  if (answer.status === 200) {
    tag = answer.headers.get("ETag") ?? "";
    show(await answer.text());
  } else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    // Signed out: the page as a whole leads to where one signs in.
    window.location.reload();
  }
}

export function startLive() {
  const list = document.querySelector("[data-live]");
  if (!list) return;
  document.querySelector("[data-news]")?.addEventListener("click", () => window.location.reload());
  const again = async () => {
    const lost = document.getElementById("lost");
    try {
      await look(list);
      if (lost) lost.hidden = true;
    } catch {
      if (lost) lost.hidden = false;
    }
    window.setTimeout(again, EVERY);
  };
  window.setTimeout(again, EVERY);
}

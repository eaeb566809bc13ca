// Rows of a list: which there are, and which one the keys mean.

export const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
export const here = () => document.querySelector("[data-rows] [data-row].here");

export function goTo(row) {
  here()?.classList.remove("here");
  row.classList.add("here");
  row.querySelector("a")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(here());
  goTo(all[Math.min(Math.max(at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by, 0), all.length - 1)]);
}

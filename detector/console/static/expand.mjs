// Unfolding a row fetches it; doing so again folds it.

const brief = (row) => (row.nextElementSibling?.matches("[data-brief]") ? row.nextElementSibling : null);

export function startExpanding() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.detail.elt;
    if (!link.matches("[data-expand]")) return;
    const unfolded = brief(link.closest("[data-row]"));
    link.setAttribute("aria-expanded", unfolded ? "false" : "true");
    if (unfolded) {
      unfolded.remove();
      event.preventDefault();
    }
  });
}

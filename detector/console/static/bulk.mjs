// Selecting rows: how many, and the whole query beyond what is shown.

const boxes = (form) => [...form.querySelectorAll("[data-select]")];

function tell(form) {
  const all = boxes(form);
  const chosen = all.filter((box) => box.checked).length;
  const bar = form.querySelector("[data-bulk]");
  const whole = form.querySelector("[data-select-page]");
  if (!bar) return;
  bar.hidden = chosen === 0;
  bar.querySelector("[data-chosen]").textContent = String(chosen);
  const everything = bar.querySelector("[data-everything]");
  everything.hidden = chosen < all.length;
  if (everything.hidden) everything.querySelector("input").checked = false;
  whole.checked = chosen > 0 && chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
}

export function startBulk() {
  const form = document.querySelector("[data-selecting]");
  if (!form) return;
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-page]")) {
      for (const box of boxes(form)) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-select], [data-select-page]")) tell(form);
  });
  document.addEventListener("htmx:afterSettle", () => tell(form));
  tell(form);
}

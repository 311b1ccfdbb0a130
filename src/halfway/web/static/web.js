// A file that the user picks is read into a text field of the page; it is sent only with the form.
"use strict";
document.querySelectorAll(".with-script").forEach((part) => { part.hidden = false; });
document.addEventListener("change", async (event) => {
  const into = event.target.dataset && event.target.dataset.into;
  if (into && event.target.files && event.target.files[0]) {
    document.getElementById(into).value = await event.target.files[0].text();
  }
});
// The number that a slider stands at is shown beside it.
document.addEventListener("input", (event) => {
  const shown = event.target.dataset && event.target.dataset.shown;
  if (shown) { document.getElementById(shown).textContent = Number(event.target.value).toPrecision(4) * 1; }
});

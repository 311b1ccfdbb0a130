// A file that the user picks is read into a text field of the page; it is sent only with the form.
"use strict";
document.querySelectorAll(".with-script").forEach((part) => { part.hidden = false; });
document.addEventListener("change", async (event) => {
  const into = event.target.dataset && event.target.dataset.into;
  if (into && event.target.files && event.target.files[0]) {
    document.getElementById(into).value = await event.target.files[0].text();
  }
});

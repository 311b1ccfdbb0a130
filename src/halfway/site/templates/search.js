"use strict";
(function () {
  const box = document.getElementById("query");
  const list = document.getElementById("found");
  const all = document.getElementById("all");
  const said = document.getElementById("said");
  if (!box || !window.MiniSearch || !window.HALFWAY_CASES) { return; }
  document.getElementById("search").hidden = false;
  const index = new MiniSearch({
    fields: ["title", "tags", "about", "actors", "front"],
    storeFields: ["title", "href", "about"],
    searchOptions: { boost: { title: 4, tags: 2, actors: 2 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
  });
  index.addAll(window.HALFWAY_CASES);
  function show() {
    const words = box.value.trim();
    list.replaceChildren();
    all.hidden = words !== "";
    if (!words) { said.textContent = ""; return; }
    const found = index.search(words);
    said.textContent = found.length === 1 ? "1 case" : found.length + " cases";
    for (const one of found) {
      const item = document.createElement("li");
      const heading = document.createElement("h2");
      const link = document.createElement("a");
      const about = document.createElement("p");
      link.href = one.href;
      link.textContent = one.title;
      about.textContent = one.about;
      heading.append(link);
      item.append(heading, about);
      list.append(item);
    }
  }
  box.addEventListener("input", show);
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) { box.value = asked; }
  show();
})();

// The index: search, filter by cohort and class, sort by any column; filters stay in the address. Works from a file, without a network.
(() => {
  const box = document.querySelector(".searchable");
  const table = box.querySelector("table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const words = box.dataset;
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const cell = (row, i) => row.cells[i].textContent.trim();

  const control = (text, element) => {
    const label = document.createElement("label");
    label.textContent = text;
    label.append(element);
    return label;
  };
  const search = document.createElement("input");
  search.type = "search";
  const choice = (column) => {
    const select = document.createElement("select");
    select.add(new Option(words.all, ""));
    [...new Set(rows.map((row) => cell(row, column)))].forEach((value) => select.add(new Option(value, slug(value))));
    return select;
  };
  const slug = (text) => fold(text).replace(/[^a-z0-9]+/g, "-");
  const [NAME, COHORT, BAND] = [1, 2, 4];
  const cohort = choice(COHORT);
  const band = choice(BAND);
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  const reset = document.createElement("button");
  reset.type = "reset";
  reset.textContent = words.reset;
  const filters = document.createElement("form");
  filters.className = "filters";
  filters.setAttribute("role", "search");
  filters.append(control(words.search, search), control(words.cohort, cohort), control(words.band, band), reset);
  box.prepend(filters, count);

  const show = () => {
    const wanted = fold(search.value.trim());
    const fits = (select, row, column) => !select.value || select.value === slug(cell(row, column));
    rows.forEach((row) => {
      row.hidden = !(fold(cell(row, NAME)).includes(wanted) && fits(cohort, row, COHORT) && fits(band, row, BAND));
    });
    count.textContent = words.shown.replace("#", rows.filter((row) => !row.hidden).length);
  };

  // What is filtered stands behind the # of the address: it can be sent, and the way back leads to it. A file
  // has no other part of its address that a script may change. #agencies and the like are places.
  const fields = { khoi: cohort, loai: band, tim: search };
  const read = () => {
    const kept = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    Object.entries(fields).forEach(([name, field]) => {
      field.value = kept.get(name) || "";
      if (field.selectedIndex < 0) field.value = "";
    });
    show();
  };
  const keep = (isStep) => {
    const kept = new URLSearchParams(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]).filter(([, value]) => value));
    const address = `${location.href.split("#")[0]}${kept.size ? `#${kept}` : ""}`;
    if (address !== location.href) history[isStep ? "pushState" : "replaceState"](null, "", address);
    show();
  };
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("input", (event) => keep(event.target !== search));
  filters.addEventListener("reset", () => setTimeout(() => keep(true)));
  window.addEventListener("popstate", read);
  window.addEventListener("hashchange", read);
  read();

  // 12.345,6 in Vietnamese, 12,345.6 in English; a rank is its first number; no number sorts last.
  const [group, point] = document.documentElement.lang === "vi" ? [".", ","] : [",", "."];
  const number = (text) => parseFloat(text.split("/")[0].replaceAll(group, "").replace(point, "."));
  const numeric = new Set([0, 3]);
  const order = new Intl.Collator(document.documentElement.lang);
  [...table.tHead.rows[0].cells].forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sign = down ? -1 : 1;
      rows.sort((a, b) => {
        if (!numeric.has(i)) return sign * order.compare(cell(a, i), cell(b, i));
        const [x, y] = [number(cell(a, i)), number(cell(b, i))];
        if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
        return sign * (x - y);
      });
      body.append(...rows);
    });
  });
})();

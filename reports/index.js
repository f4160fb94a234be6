// The index: search, filter by cohort and class, sort by any column. Works from a file, without a network.
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
    [...new Set(rows.map((row) => cell(row, column)))].forEach((value) => select.add(new Option(value, value)));
    return select;
  };
  const cohort = choice(1);
  const band = choice(3);
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  const filters = document.createElement("form");
  filters.className = "filters";
  filters.setAttribute("role", "search");
  filters.append(control(words.search, search), control(words.cohort, cohort), control(words.band, band));
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("input", () => {
    const wanted = fold(search.value.trim());
    rows.forEach((row) => {
      const fits = (select, column) => !select.value || select.value === cell(row, column);
      row.hidden = !(fold(cell(row, 0)).includes(wanted) && fits(cohort, 1) && fits(band, 3));
    });
    count.textContent = words.shown.replace("#", rows.filter((row) => !row.hidden).length);
  });
  box.prepend(filters, count);

  // 12.345,6 in Vietnamese, 12,345.6 in English; a rank is its first number; no number sorts last.
  const [group, point] = document.documentElement.lang === "vi" ? [".", ","] : [",", "."];
  const number = (text) => parseFloat(text.split("/")[0].replaceAll(group, "").replace(point, "."));
  const numeric = new Set([2, 4]);
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

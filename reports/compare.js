// Two agencies beside each other: compare.html?a=CODE&b=CODE. Works from a file, without a network.
(() => {
  const box = document.querySelector(".compare");
  const element = (name, text = "", attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const wanted = new URLSearchParams(location.search);
  const decimal = document.documentElement.lang === "vi" ? "," : ".";
  const hundredths = (value) => (value / 100).toFixed(2).replace(".", decimal);
  const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + hundredths(Math.abs(value));

  const show = () => {
    const data = window.chisoCompare;
    if (!data) {
      box.replaceChildren(element("p", box.dataset.missing, { role: "alert" }));
      return;
    }
    const { words, units } = data;
    const known = (name) => (Object.hasOwn(units, wanted.get(name) ?? "") ? wanted.get(name) : "");
    const [a, b] = [known("a"), known("b")];
    box.replaceChildren(chooser(data, a, b));
    ["a", "b"].forEach((name) => {
      const code = wanted.get(name);
      if (code && !known(name)) box.append(element("p", words.unknown.replace("#", () => code), { role: "alert" }));
    });
    if (a && a === b) box.append(element("p", words.same, { role: "alert" }));
    else if (a && b) box.append(...comparison(data, a, b));
  };

  const chooser = (data, a, b) => {
    const form = element("form", "", { class: "filters", method: "get", action: "compare.html" });
    [["a", data.words.first, a], ["b", data.words.second, b]].forEach(([name, text, chosen]) => {
      const select = element("select", "", { name, required: "" });
      select.add(new Option(`– ${data.words.choose} –`, ""));
      const kinds = new Map();
      Object.entries(data.units).forEach(([code, unit]) => {
        if (!kinds.has(unit.cohort)) {
          kinds.set(unit.cohort, element("optgroup", "", { label: data.cohorts[unit.cohort] }));
          select.append(kinds.get(unit.cohort));
        }
        kinds.get(unit.cohort).append(new Option(unit.name, code, false, code === chosen));
      });
      const label = element("label", text);
      label.append(select);
      form.append(label);
    });
    form.append(element("button", data.words.compare, { type: "submit" }));
    return form;
  };

  const comparison = (data, a, b) => {
    const { words } = data;
    const [first, second] = [data.units[a], data.units[b]];
    const both = [first, second];
    const last = data.periods.length - 1;
    const [one, other] = both.map((unit) => unit.totals[last]);
    const parts = [element("h2", `${first.name} – ${second.name}`, { id: "result" })];
    if (one !== null && other !== null) {
      const names = one < other ? [second.name, first.name] : [first.name, second.name];
      const values = { "#1": names[0], "#2": hundredths(Math.abs(one - other)), "#3": names[1] };
      const text = one === other ? words.equal : words.ahead;
      parts.push(element("p", text.replace(/#[123]/g, (key) => values[key]), { class: "lead" }));
    }
    const gaps = data.indicators.map((name, i) => ({ name, gap: difference(both.map((unit) => unit.indicators[i]?.[0] ?? null)) }));
    const most = gaps.filter(({ gap }) => gap).sort((x, y) => Math.abs(y.gap) - Math.abs(x.gap)).slice(0, 3);
    const told = most.map(({ name, gap }) => `${name} (${signed(gap)})`).join("; ");
    if (told) parts.push(element("p", words.most.replace("#", () => told)));
    if (first.cohort !== second.cohort) parts.push(element("p", words.cohorts));

    const place = (unit) => (unit.rank ? unit.rank.filter((value) => value !== null).join("/") : null);
    const whole = [
      ...data.periods.map((period, i) => row(words.total.replace("#", () => period), both.map((unit) => unit.totals[i]))),
      [words.class, ...both.map((unit) => unit.class), null],
      [words.rank, ...both.map(place), null],
    ];
    const of = (key) => (name, i) => row(name, both.map((unit) => unit[key][i]?.[0] ?? null), both.map((unit) => unit[key][i] ?? []));
    const heads = (item) => [item, ...both.map((unit) => unit.name), words.difference];
    const tables = [
      [words.whole, heads(words.item), whole],
      [words.groups, heads(words.group), data.groups.map(of("groups"))],
      [words.indicators, heads(words.indicator), data.indicators.map(of("indicators"))],
    ];
    parts.push(...tables.map(([caption, columns, rows]) => table(caption, columns, rows, [null, a, b, null])));
    parts.push(element("p", data.source, { class: "below" }));
    return parts;
  };

  const difference = ([one, other]) => (one === null || other === null ? null : one - other);

  // A row of points: with its maximum, and its rate where there is one.
  const row = (name, values, more = [[], []]) => {
    const cells = values.map((value, i) => {
      if (value === null) return null;
      const [, most, rate] = more[i];
      const maximum = most === undefined || most === null ? "" : ` / ${hundredths(most).replace(/[.,]00$/, "")}`;
      return `${hundredths(value)}${maximum}${rate === undefined || rate === null ? "" : ` (${hundredths(rate)}%)`}`;
    });
    const gap = difference(values);
    return [name, ...cells, gap === null ? null : signed(gap)];
  };

  const table = (caption, columns, rows, links) => {
    const made = element("table");
    made.append(element("caption", caption));
    const head = made.createTHead().insertRow();
    columns.forEach((text, i) => {
      const cell = element("th", links[i] ? "" : text, { scope: "col" });
      if (links[i]) cell.append(hasPage(links[i]) ? element("a", text, { href: `${encodeURIComponent(links[i])}.html` }) : text);
      head.append(cell);
    });
    const body = made.createTBody();
    rows.forEach(([name, ...cells]) => {
      const line = body.insertRow();
      line.append(element("th", name, { scope: "row" }));
      cells.forEach((text) => line.append(element("td", text ?? "–")));
    });
    const block = element("div", "", { class: "compared" });
    block.append(made);
    return block;
  };

  // A site may have been made of some agencies only: what it holds stands in ../periods.js.
  const hasPage = (code) => {
    const own = (window.chisoPeriods || []).find((period) => period.name === document.body.dataset.period);
    return !own || own.pages.includes(code);
  };

  const script = document.createElement("script");
  script.src = "compare-data.js";
  document.head.append(script);
  addEventListener("load", show);
})();

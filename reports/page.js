// Every page: the way to other periods, and what stands on this page. Works from a file, without a network.
(() => {
  const words = document.body.dataset;
  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const list = (label, className, items) => {
    const nav = element("nav", "", { "aria-label": label, class: className });
    const ul = document.createElement("ul");
    items.forEach((item) => {
      const li = document.createElement("li");
      li.append(item);
      ul.append(li);
    });
    nav.append(ul);
    return nav;
  };

  // What the site holds is known only when all of it is there: a small file beside the periods' folders says so.
  const showPeriods = () => {
    const page = (location.pathname.split("/").pop() || "index.html").replace(/\.html$/, "");
    const all = (window.chisoPeriods || []).filter((period) => period.pages.includes(decodeURIComponent(page)));
    const own = all.find((period) => period.name === words.period);
    if (!own) return;
    // Invented figures and real ones never lead to each other.
    const sisters = all.filter((period) => period.illustrative === own.illustrative);
    if (sisters.length < 2) return;
    const kind = sisters.filter((period) => period.kind === own.kind);
    const place = kind.indexOf(own);
    const link = (period, text) => element("a", text, { href: `${period.path}/${page}.html` });
    const items = [];
    if (place > 0) items.push(link(kind[place - 1], `‹ ${kind[place - 1].label}`));
    if (place < kind.length - 1) items.push(link(kind[place + 1], `${kind[place + 1].label} ›`));
    const near = [kind[place - 1], own, kind[place + 1]];
    sisters.filter((period) => !near.includes(period)).forEach((period) => items.push(link(period, period.label)));
    document.querySelector("header").append(list(words.periods, "periods", items));
  };
  const script = document.createElement("script");
  script.src = "../periods.js";
  script.addEventListener("load", showPeriods);
  document.head.append(script);

  // A box is one of its own to the keyboard and to those who listen only while its table or picture is
  // wider than it; else the heads of the table stay at the top of the window.
  document.querySelectorAll("main .scroll, .chart .picture").forEach((box) => {
    const held = box.querySelector("table, svg, img");
    const fit = () => {
      const isWide = held.getBoundingClientRect().width > box.clientWidth + 1;
      if (box.classList.contains(isWide ? "wide" : "fits")) return;
      box.classList.toggle("wide", isWide);
      box.classList.toggle("fits", !isWide);
      const said = held.caption ?? box.closest(".chart")?.querySelector(".finding");
      const label = said?.textContent.trim() || "";
      Object.entries({ tabindex: "0", role: "region", "aria-label": label }).forEach(([name, value]) =>
        isWide ? box.setAttribute(name, value) : box.removeAttribute(name),
      );
    };
    new ResizeObserver(fit).observe(box);
    fit();
  });

  // A long table begins short on a screen; paper has all of it.
  document.querySelectorAll("main .scroll").forEach((block) => {
    const rows = block.querySelectorAll("tbody tr").length;
    const first = block.closest(".short") ? 10 : 20;
    if (rows <= 2 * first || block.closest(".searchable")) return;
    const button = element("button", words.unfold.replace("#", rows), { type: "button", class: "unfold", "aria-controls": block.id });
    button.addEventListener("click", () => {
      block.classList.remove("folded");
      const next = block.querySelector(`tbody tr:nth-child(${first + 1}) th`);
      next.tabIndex = -1;
      next.focus();
      button.remove();
    });
    block.classList.add("folded");
    block.after(button);
  });

  // The writers put the id on the heading, or on the block that begins with it.
  const place = (head) => head.id || head.parentElement.id;
  const heads = [...document.querySelectorAll("main h2")].filter(place);
  if (heads.length > 3) {
    const items = heads.map((head) => element("a", head.textContent, { href: `#${place(head)}` }));
    const contents = list(words.contents, "contents", items);
    const brief = document.querySelector(".brief");
    const before = document.querySelector(".files") || heads[0];
    (brief || before).after(contents);
  }
})();

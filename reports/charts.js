// Every page with charts: each can be saved as PNG or SVG.
(() => {
  const SPACE = "http://www.w3.org/2000/svg";
  const MARGIN = 14;
  const SCALE = 3;
  const pen = document.createElement("canvas").getContext("2d");
  const FONT = "'DejaVu Sans', Verdana, 'Segoe UI', Arial, sans-serif";

  const lines = (text, width, font) => {
    pen.font = font;
    return text.split(/\s+/).reduce((done, word) => {
      const longer = done.length ? `${done[done.length - 1]} ${word}` : word;
      if (done.length && pen.measureText(longer).width <= width) done[done.length - 1] = longer;
      else done.push(word);
      return done;
    }, []);
  };
  const node = (name, attributes, text = "") => {
    const made = document.createElementNS(SPACE, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = text;
    return made;
  };
  const words = (into, block, top, width, size, weight, colour) =>
    lines(block.textContent.trim(), width, `${weight} ${size}px ${FONT}`).reduce((y, line) => {
      const font = { "font-size": size, "font-weight": weight, "font-family": FONT, fill: colour };
      into.append(node("text", { x: MARGIN, y: y + size, ...font }, line));
      return y + size * 1.35;
    }, top);

  // The picture with its title and its source: what is saved must speak for itself.
  const whole = (chart) => {
    const picture = chart.querySelector("svg").cloneNode(true);
    const { width, height } = chart.querySelector("svg").viewBox.baseVal;
    const svg = node("svg", { xmlns: SPACE });
    svg.append(node("rect", { width: "100%", height: "100%", fill: "#ffffff" }));
    const top = words(svg, chart.querySelector(".finding"), MARGIN, width, 13, 700, "#1b2733") + 8;
    Object.entries({ x: MARGIN, y: top, width, height }).forEach(([key, value]) => picture.setAttribute(key, value));
    svg.append(picture);
    const end = words(svg, chart.querySelector(".below"), top + height + 8, width, 9, 400, "#5b6770") + MARGIN;
    const size = { width: width + 2 * MARGIN, height: end };
    Object.entries({ ...size, viewBox: `0 0 ${size.width} ${size.height}` }).forEach(([key, value]) => svg.setAttribute(key, value));
    const text = new XMLSerializer().serializeToString(svg);
    return { ...size, url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}` };
  };
  const save = (url, name) => {
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
  };
  const savePng = (made, name) => {
    const image = new Image();
    image.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      canvas.width = made.width * SCALE;
      canvas.height = made.height * SCALE;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      save(canvas.toDataURL("image/png"), name);
    });
    image.src = made.url;
  };

  const page = (location.pathname.split("/").pop() || "index.html").replace(/\.html$/, "");
  document.querySelectorAll(".chart").forEach((chart) => {
    if (!chart.querySelector("svg")) return;
    const name = `${document.body.dataset.period}-${page}-${chart.classList[1]}`;
    const kinds = {
      PNG: () => savePng(whole(chart), `${name}.png`),
      SVG: () => save(whole(chart).url, `${name}.svg`),
    };
    const row = document.createElement("p");
    row.className = "save";
    row.append(`${document.body.dataset.save} `);
    Object.entries(kinds).forEach(([kind, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = kind;
      button.setAttribute("aria-label", `${document.body.dataset.save} ${kind}: ${chart.querySelector(".finding").textContent.trim()}`);
      button.addEventListener("click", act);
      row.append(button, " ");
    });
    chart.append(row);
  });
})();

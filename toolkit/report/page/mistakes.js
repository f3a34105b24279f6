"use strict";
// Text reaches the page as text nodes only: nothing here makes markup from data.
(() => {
  const items = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 20;
  const $ = (id) => document.getElementById(id);
  const make = (tag, text, kind) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  };
  for (const label of [...new Set(items.map((item) => item.label))].sort()) {
    const option = make("option", label);
    option.value = label;
    $("f-label").append(option);
  }
  let found = items, from = 0;

  // Words that weighed for the label are marked wherever they stand, the longest first.
  const marked = (text, words) => {
    const box = make("p", undefined, "context"), fold = text.toLowerCase();
    box.dir = "auto";
    if (fold.length !== text.length) { box.append(text); return box; }
    const places = [];
    for (const [word, weight] of [...words].sort((a, b) => b[0].length - a[0].length)) {
      const sought = word.trim().toLowerCase();
      if (weight <= 0 || !sought) continue;
      for (let at = fold.indexOf(sought); at >= 0; at = fold.indexOf(sought, at + sought.length))
        if (!places.some(([start, end]) => at < end && start < at + sought.length)) places.push([at, at + sought.length]);
    }
    let at = 0;
    for (const [start, end] of places.sort((a, b) => a[0] - b[0])) {
      box.append(text.slice(at, start), make("mark", text.slice(start, end)));
      at = end;
    }
    box.append(text.slice(at));
    return box;
  };

  const named = (labels) => labels.join(", ") || "no label";
  const card = (item) => {
    const box = make("article", undefined, "answer");
    const head = make("p");
    head.append(make("span", item.label, "chip"), make("span", ` ${item.fault === "missed" ? "missed" : "wrongly given"}, with probability ${item.probability.toFixed(2)}`, "quiet"));
    box.append(head, marked(item.text, item.words), make("p", `decided: ${named(item.gold)} · given: ${named(item.given)}`, "quiet"));
    if (item.words.length) {
      const words = make("p");
      for (const [word, weight] of item.words) words.append(make("span", `${word} ${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(1)}`, "chip maybe"));
      box.append(words);
    }
    return box;
  };

  const draw = () => {
    $("list").replaceChildren(...found.slice(from, from + PAGE).map(card));
    const last = Math.min(from + PAGE, found.length);
    $("found").textContent = `${found.length.toLocaleString("en")} of ${items.length.toLocaleString("en")} mistakes`;
    $("at").textContent = found.length ? `${from + 1}–${last}` : "none";
    $("back").disabled = from === 0;
    $("on").disabled = last >= found.length;
  };
  const filter = () => {
    const words = $("f-words").value.trim().toLocaleLowerCase(), label = $("f-label").value, fault = $("f-fault").value;
    found = items.filter((item) => (!words || item.text.toLocaleLowerCase().includes(words)) && (!label || item.label === label) && (!fault || item.fault === fault));
    from = 0;
    draw();
  };
  const turn = (to) => { from = to; draw(); $("h-mistakes").scrollIntoView(); };
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("input", filter);
  $("filters").addEventListener("reset", () => setTimeout(filter));
  $("back").addEventListener("click", () => turn(Math.max(0, from - PAGE)));
  $("on").addEventListener("click", () => turn(from + PAGE));
  draw();
})();

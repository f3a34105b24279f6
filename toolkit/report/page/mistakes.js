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

  // What a term stands at: whole words of it, else, of pieces of words and of scripts without spaces, anywhere. Between
  // its words there may be spaces or none; a piece that begins or ends with a space begins or ends a word.
  const LETTER = "[\\p{L}\\p{N}\\p{M}]", START = `(?<!${LETTER})`, END = `(?!${LETTER})`;
  const places_of = (text, term) => {
    const core = term.trim().split(/\s+/u).map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("\\s*");
    if (!core) return [];
    const find = (start, end) => [...text.matchAll(new RegExp(start + core + end, "giu"))];
    const whole = find(START, END);
    const found = whole.length ? whole : find(/^\s/u.test(term) ? START : "", /\s$/u.test(term) ? END : "");
    return found.map((each) => [each.index, each.index + each[0].length]);
  };

  // Words that weighed for the label are marked wherever they stand, the longest first.
  const marked = (text, words) => {
    const box = make("p", undefined, "context"), places = [];
    box.dir = "auto";
    for (const [word, weight] of [...words].sort((a, b) => b[0].length - a[0].length)) {
      if (weight <= 0) continue;
      for (const [from, to] of places_of(text, word))
        if (!places.some(([start, end]) => from < end && start < to)) places.push([from, to]);
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

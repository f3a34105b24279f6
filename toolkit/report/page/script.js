"use strict";
// Text reaches the page as text nodes only: nothing here makes markup from data.
(() => {
  const block = document.getElementById("data");
  if (!block) return;
  const data = JSON.parse(block.textContent);
  const { names, lines, articles, rows, labels } = data;
  const PAGE = 50;
  const $ = (id) => document.getElementById(id);
  const make = (tag, text, kind) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  };
  const title = (number) => labels[names[number]] || names[number];

  const items = rows.map(([line, id, differs, answers, decision, place, bytes, tasks]) => {
    const counted = answers.filter((answer) => !answer[3] && !answer[5]);
    const given = new Set(counted.flatMap((answer) => answer[1]));
    const held = decision ? decision[1] : [...given];
    return {
      line, id, differs, answers, decision, place, bytes, tasks, held,
      text: lines[line][2],
      fold: lines[line][2].toLocaleLowerCase(),
      article: articles[lines[line][1]],
      state: counted.length === 0 ? "none" : differs ? "differ" : counted.length > 1 ? "agree" : "one",
      any: new Set([...held, ...given]),
    };
  });

  const options = (select, values, shown) => {
    for (const value of values) {
      const option = make("option", shown(value));
      option.value = String(value);
      select.append(option);
    }
  };
  const used = new Set(items.flatMap((item) => [...item.any]));
  const order = Object.keys(labels);
  const rank = (number) => (order.indexOf(names[number]) + order.length + 1) % (order.length + 1);
  options($("f-label"), [...used].sort((a, b) => rank(a) - rank(b)), title);
  options($("f-source"), [...new Set(items.map((item) => item.article[1]))].sort(), (value) => value);

  let found = items, from = 0, current = -1;

  const chips = (numbers, kind) => {
    const box = document.createDocumentFragment();
    for (const number of numbers) box.append(make("span", title(number), kind ? `chip ${kind}` : "chip"));
    return box;
  };

  // Links to the tasks of a sentence on the server; nothing but an address of the web becomes one.
  const tasksOf = (item) => item.tasks.map((task) => task[0]).filter((url) => /^https?:\/\//.test(url)).flatMap((url) => {
    const link = make("a", `task ${url.split("task=").pop()}`, "task");
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.addEventListener("click", (event) => event.stopPropagation());
    return [" ", link];
  });

  const draw = () => {
    const body = $("list").tBodies[0];
    body.replaceChildren(...found.slice(from, from + PAGE).map((item, offset) => {
      const row = make("tr", undefined, item.differs ? "differs" : "");
      const open = make("button", item.text, "open");
      open.type = "button";
      open.dir = "auto";
      open.setAttribute("aria-haspopup", "dialog");
      const cells = [make("td"), make("td"), make("td", item.decision ? names[item.decision[0]] : item.differs ? "people disagree" : "–", "quiet"), make("td", item.article[1], "quiet")];
      cells[0].append(open);
      cells[2].append(...tasksOf(item));
      cells[1].append(chips(item.held, item.decision ? "" : "maybe"));
      row.append(...cells);
      row.addEventListener("click", () => show(from + offset));
      return row;
    }));
    const last = Math.min(from + PAGE, found.length);
    $("found").textContent = `${found.length.toLocaleString("en")} of ${items.length.toLocaleString("en")} sentences`;
    $("at").textContent = found.length ? `${from + 1}–${last}` : "none";
    $("back").disabled = from === 0;
    $("on").disabled = last >= found.length;
  };

  // What a number elsewhere on the page asks for: #sentences?label=claim&source=…
  let asked = new URLSearchParams();
  const MONTH = 7;
  const said = (answer) => new Set(answer[1].map((number) => names[number]));
  const minus = (one, two) => new Set([...one].filter((label) => !two.has(label)));
  const holds = (rest, label) => label === "(nothing)" ? rest.size === 0 : rest.has(label);
  const confused = (one, two, label, other) => {
    const mine = minus(one, two), yours = minus(two, one);
    return mine.size + yours.size > 0 && holds(mine, label) && holds(yours, other);
  };
  const fits = (item, asked) => {
    const label = asked.get("label"), other = asked.get("other"), counted = item.answers.filter((answer) => !answer[5]);
    if (asked.has("decided") && !item.decision) return false;
    if (asked.has("person") && !counted.some((answer) => names[answer[0]] === asked.get("person"))) return false;
    if (asked.has("source") && asked.get("source") !== "other" && item.article[1] !== asked.get("source")) return false;
    if (asked.has("month") && asked.get("month") !== "other" && (item.article[2] || "unknown").slice(0, MONTH) !== asked.get("month")) return false;
    if (other) {
      const sets = counted.filter((answer) => !answer[3]).map(said);
      return sets.some((one) => sets.some((two) => confused(one, two, label, other)));
    }
    return !label || item.held.some((number) => names[number] === label);
  };
  const ask = () => {
    const [anchor, query] = location.hash.split("?");
    if (anchor !== "#sentences" || query === undefined) return;
    $("filters").reset();
    asked = new URLSearchParams(query);
    setTimeout(() => { filter(); $("h-sentences").scrollIntoView(); });
  };
  addEventListener("hashchange", ask);

  const filter = () => {
    const words = $("f-words").value.trim().toLocaleLowerCase();
    const label = $("f-label").value, source = $("f-source").value, answers = $("f-answers").value;
    found = items.filter((item) => fits(item, asked) &&
      (!words || item.fold.includes(words)) &&
      (!label || item.any.has(Number(label))) &&
      (!source || item.article[1] === source) &&
      (!answers || (answers === "open" ? item.state !== "none" && !item.decision : item.state === answers)));
    from = 0;
    draw();
  };

  // Tasks on the server in one list: Label Studio reads the filters of a tab from its address, and stores none of it
  // (measured, 1.13.1 and 1.23.2: 80 filters are taken, 120 are not, since the server gets them in an address, too).
  const MOST = 60;
  const rangesOf = (numbers) => {
    const found = [];
    for (const number of [...new Set(numbers)].sort((one, two) => one - two)) {
      const last = found[found.length - 1];
      if (last && last.max === number - 1) last.max = number;
      else found.push({ min: number, max: number });
    }
    return found.slice(0, MOST);
  };
  const packed = async (value) => {
    const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const onServer = async (chosen, title, person) => {
    const isTheirs = ([, people]) => !person || people.some((number) => names[number] === person);
    const projects = new Map();
    let all = 0;
    for (const [url] of chosen.flatMap((item) => item.tasks.filter(isTheirs))) {
      const [, project, task] = /^(https?:\/\/.+\/projects\/\d+)\/data\?task=(\d+)$/.exec(url) || [];
      if (!project) continue;
      if (!projects.has(project)) projects.set(project, []);
      projects.get(project).push(Number(task));
      all += 1;
    }
    if (!all) return null;
    const [project, tasks] = [...projects].sort((one, two) => two[1].length - one[1].length)[0];
    const ranges = rangesOf(tasks), shown = ranges.reduce((sum, range) => sum + range.max - range.min + 1, 0);
    const items = ranges.map((value) => ({ filter: "filter:tasks:id", operator: "in", value }));
    const url = `${project}/data?tab=${await packed({ title, filters: { conjunction: "or", items } })}`;
    return { url, words: shown === all ? `${all} on the server` : `${shown} of ${all} on the server` };
  };

  // Every cell, bar and person leads to its tasks: a mark in a drawing itself, a number in a table by an arrow beside it.
  const lead = async () => {
    const links = [...document.querySelectorAll("main a")].map((link) =>
      [link, link.getAttribute("href") || link.getAttribute("xlink:href") || ""]);
    const made = new Map();
    for (const [link, place] of links) {
      if (!place.startsWith("#sentences?")) continue;
      const query = new URLSearchParams(place.slice(place.indexOf("?")));
      if (!made.has(place)) made.set(place, await onServer(items.filter((item) => fits(item, query)), [...query.values()].join(" · "), query.get("person")));
      const there = made.get(place);
      if (!there) continue;
      const drawn = link instanceof SVGElement;
      const arrow = drawn ? link : make("a", "↗", "task");
      arrow.setAttribute("href", there.url);
      arrow.setAttribute("target", "_blank");
      arrow.setAttribute("rel", "noopener noreferrer");
      if (drawn) {
        const title = document.createElementNS(link.namespaceURI, "title");
        title.textContent = there.words;
        link.prepend(title);
      } else {
        arrow.title = there.words;
        link.after(" ", arrow);
      }
    }
    document.body.dataset.led = "yes";
  };

  // Offsets are code points; a JavaScript string counts UTF-16 units.
  const marked = (text, spans) => {
    const box = document.createDocumentFragment(), points = Array.from(text);
    let at = 0;
    for (const [label, start, end] of [...spans].sort((a, b) => a[1] - b[1] || b[2] - a[2])) {
      if (start < at) continue;
      box.append(points.slice(at, start).join(""));
      const node = make("mark", points.slice(start, end).join(""));
      node.append(make("sub", names[label]));
      box.append(node);
      at = end;
    }
    box.append(points.slice(at).join(""));
    return box;
  };

  const near = (item, step) => {
    const line = lines[item.line], other = lines[item.line + step];
    return other && other[1] === line[1] && other[0] === line[0] + step ? other[2] : "";
  };

  const card = (head, numbers, note, text, spans) => {
    const box = make("div", undefined, "answer");
    box.append(make("span", `${head} `, "quiet"), chips(numbers));
    if (spans.length) {
      const shown = make("p");
      shown.dir = "auto";
      shown.append(marked(text, spans));
      box.append(shown);
    }
    if (note) box.append(make("p", `“${note}”`, "quiet"));
    return box;
  };

  const chain = (item) => {
    const [heading, source, published, language, url, licence, page, sha256, article] = item.article;
    const list = make("ol", undefined, "chain");
    const step = (words, code) => {
      const entry = make("li", `${words} `);
      if (code) entry.append(make("code", code));
      list.append(entry);
    };
    step("sentence", item.id);
    step(`characters ${item.place[0]} to ${item.place[1]} of article${heading ? ` “${heading}”` : ""}`, article);
    step([source, published || "undated", language, licence].filter(Boolean).join(" · "), url || "");
    step(`${item.bytes.length ? `bytes ${item.bytes[0]} to ${item.bytes[1]} of ` : ""}raw page pages/${page}, SHA-256`, sha256);
    step("prove it:", `toolkit trace ${item.id.slice(0, 12)}`);
    return list;
  };

  const show = (number) => {
    if (number < 0 || number >= found.length) return;
    current = number;
    const item = found[number], body = make("div");
    const context = make("p", undefined, "context");
    context.dir = "auto";
    const middle = make("strong");
    middle.append(marked(item.text, item.decision ? item.decision[2] : []));
    context.append(make("span", near(item, -1), "near"), " ", middle, " ", make("span", near(item, 1), "near"));
    body.append(context, make("h3", "Decision"));
    if (item.decision) {
      body.append(card(names[item.decision[0]], item.decision[1], item.decision[4], item.text, []));
      if (item.decision[3].length) body.append(make("p", item.decision[3].map(([label, share]) => `${title(label)} ${Math.round(100 * share)} %`).join(" · "), "quiet"));
    } else body.append(make("p", item.answers.length ? "Not decided yet." : "Nobody has answered yet.", "quiet"));
    body.append(make("h3", `Answers (${item.answers.length})`));
    for (const [who, given, spans, skipped, note, expert, when] of item.answers)
      body.append(card(`${names[who]}${expert ? " (expert)" : ""} · ${when.replace("T", " ")}${skipped ? " · skipped" : ""}`, given, note, item.text, spans));
    const tasks = make("p", undefined, "quiet");
    tasks.append(...tasksOf(item));
    if (item.tasks.length) body.append(make("h3", "On the server"), tasks);
    body.append(make("h3", "The way back to the raw page"), chain(item));
    $("d-body").replaceChildren(body);
    $("d-title").textContent = `Sentence ${(number + 1).toLocaleString("en")} of ${found.length.toLocaleString("en")}`;
    $("d-back").disabled = number === 0;
    $("d-on").disabled = number === found.length - 1;
    if (!$("detail").open) $("detail").showModal();
    $("detail").scrollTop = 0;
  };

  const turn = (to) => { from = to; draw(); $("h-sentences").scrollIntoView(); };
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("input", filter);
  $("filters").addEventListener("reset", () => { asked = new URLSearchParams(); setTimeout(filter); });
  $("back").addEventListener("click", () => turn(Math.max(0, from - PAGE)));
  $("on").addEventListener("click", () => turn(from + PAGE));
  $("d-back").addEventListener("click", () => show(current - 1));
  $("d-on").addEventListener("click", () => show(current + 1));
  $("d-close").addEventListener("click", () => $("detail").close());
  $("detail").addEventListener("click", (event) => { if (event.target === $("detail")) $("detail").close(); });
  $("detail").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step) { event.preventDefault(); show(current + step); }
  });
  $("list").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const buttons = [...$("list").querySelectorAll(".open")];
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });
  draw();
  ask();
  lead();
})();

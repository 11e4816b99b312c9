// The page shows the data of the two JSON elements.
(() => {
  const data = JSON.parse(document.getElementById("tests-data").textContent);
  const SIGNS = { passed: "✓", failed: "✗", broken: "✗", panicked: "✗", skipped: "–", expectedFailure: "✗" };
  const LABELS = { expectedFailure: "failed as expected" };
  const labelOf = (outcome) => LABELS[outcome] ?? outcome;
  const FAILURES = new Set(["failed", "broken", "panicked"]);
  // Same order as the turn kinds of the report.
  const KINDS = ["said", "pressed", "spoke", "silence", "handed", "ended"];
  const PAGE = 200;

  const filter = { q: "", outcome: "", file: "", tag: "" };
  let found = [];
  let listed = 0;
  let chosen = null;

  // Calls are many; they are parsed when the first one is shown.
  let calls = null;
  const allCalls = () => {
    calls ??= JSON.parse(byId("calls-data").textContent);
    return calls;
  };

  const groupOf = (test) => (FAILURES.has(test.outcome) ? "failed" : test.outcome);
  // --- Filter -----------------------------------------------------------------------

  // Returns for each call whether it contains the word, using the shared strings.
  function callsWith(word) {
    const { texts, lines, turns, calls } = allCalls();
    const has = texts.map((text) => text.toLowerCase().includes(word));
    const inLine = lines.map((line) => line.some((part, index) => isText(index) && has[part]));
    const inTurn = turns.map(([, text]) => has[text]);
    return calls.map((call) =>
      has[call.flow] || every(call.lines, 4, (line) => inLine[line])
      || every(call.turns, 2, (turn) => inTurn[turn])
      || call.variables.some((text) => has[text]));
  }

  // A line holds the level, three texts, and then pairs of an ink number and a text.
  const isText = (index) => index > 0 && (index < 4 || index % 2 === 1);

  function every(list, step, isIt) {
    for (let at = 0; at < list.length; at += step) if (isIt(list[at])) return true;
    return false;
  }

  function textOf(test) {
    test.text ??= [test.name, `${data.files[test.file]}:${test.line}`, ...(test.tags ?? []), labelOf(test.outcome), test.reason ?? "",
      ...(test.mismatches ?? []).flatMap((it) => [it.subject, it.message, ...it.lines, ...it.cause])]
      .join("\n").toLowerCase();
    return test.text;
  }

  function applyFilter() {
    const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
    const inCalls = words.map((word) => (word.length > 1 ? callsWith(word) : []));
    found = data.tests.filter((test) =>
      (!filter.outcome || groupOf(test) === filter.outcome)
      && (!filter.file || data.files[test.file] === filter.file)
      && (!filter.tag || test.tags?.includes(filter.tag))
      && words.every((word, at) => textOf(test).includes(word) || inCalls[at][test.call]));
    byId("list").replaceChildren();
    listed = 0;
    listMore();
    byId("shown").textContent = found.length === data.tests.length
      ? count(found.length, "test") : `${found.length.toLocaleString("en")} of ${count(data.tests.length, "test")}`;
  }

  function listMore() {
    const list = byId("list");
    const end = Math.min(listed + PAGE, found.length);
    for (; listed < end; listed += 1) {
      const test = found[listed];
      const before = found[listed - 1];
      if (!before || before.file !== test.file) list.append(element("li", "file", data.files[test.file]));
      list.append(element("li", "", row(test)));
    }
    const left = found.length - listed;
    byId("more").hidden = left === 0;
    byId("more").textContent = `Show ${Math.min(PAGE, left)} more of ${left.toLocaleString("en")}`;
  }

  function row(test) {
    const sign = element("span", "sign", SIGNS[test.outcome]);
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", labelOf(test.outcome));
    const link = element("a", `row ${test.outcome}`, sign, element("span", "name", test.name),
      element("span", "meta", [`line ${test.line}`, ...(test.tags ?? [])].join(" · ")));
    link.href = addressOf(test);
    if (test === chosen) link.setAttribute("aria-current", "true");
    return link;
  }

  function fillFilter() {
    const groups = new Map([["", data.tests.length]]);
    for (const test of data.tests) groups.set(groupOf(test), (groups.get(groupOf(test)) ?? 0) + 1);
    for (const [group, number] of groups) {
      const button = element("button", "", `${labelOf(group) || "all"} ${number.toLocaleString("en")}`);
      button.type = "button";
      button.dataset.outcome = group;
      button.addEventListener("click", () => setFilter({ outcome: group }));
      byId("outcomes").append(button);
    }
    options(byId("file"), data.files);
    options(byId("tag"), [...new Set(data.tests.flatMap((test) => test.tags ?? []))].sort());
    byId("q").addEventListener("input", (event) => setFilter({ q: event.target.value }));
    for (const name of ["file", "tag"]) {
      byId(name).addEventListener("change", (event) => setFilter({ [name]: event.target.value }));
    }
    byId("filter").addEventListener("submit", (event) => event.preventDefault());
    byId("more").addEventListener("click", listMore);
  }

  function options(select, values) {
    for (const value of values) select.append(new Option(value, value));
    select.hidden = values.length < (select.id === "file" ? 2 : 1);
  }

  function showFilter() {
    byId("q").value = filter.q;
    byId("file").value = filter.file;
    byId("tag").value = filter.tag;
    for (const button of byId("outcomes").children) {
      button.setAttribute("aria-pressed", String(button.dataset.outcome === filter.outcome));
    }
  }

  // The filter is part of the address, so that it can be shared.
  function setFilter(change) {
    Object.assign(filter, change);
    const set = Object.entries(filter).filter(([, value]) => value);
    history.replaceState(null, "", `#${new URLSearchParams(set)}`);
    showFilter();
    applyFilter();
  }

  // --- A test -----------------------------------------------------------------------

  const addressOf = (test) =>
    `#test-${encodeURIComponent(test.id).replaceAll("%2F", "/").replaceAll("%3A", ":")}`;

  // The properties of the scenario files, with the tests that break them.
  function showProperties() {
    const all = data.properties ?? [];
    const place = byId("properties");
    if (all.length === 0) return;
    const broken = all.filter((it) => it.result === "broken").length;
    place.querySelector("summary").textContent =
      `Properties (${all.length}${broken > 0 ? `, ${broken} broken` : ""})`;
    place.querySelector("ul").replaceChildren(...all.map((it) => {
      const name = it.test === undefined ? element("span", "", it.name) : element("a", "", it.name);
      if (it.test !== undefined) name.href = addressOf(data.tests[it.test]);
      const rest = [it.result, it.reason, it.file].filter(Boolean).join(" · ");
      return element("li", "", name, element("div", "meta", rest));
    }));
    place.hidden = false;
    place.open = broken > 0;
  }

  function showTest(test) {
    chosen = test;
    byId("list").querySelector("[aria-current]")?.removeAttribute("aria-current");
    const address = addressOf(test);
    for (const link of byId("list").querySelectorAll("a")) {
      if (link.getAttribute("href") === address) {
        link.setAttribute("aria-current", "true");
        link.scrollIntoView({ block: "nearest" });
      }
    }
    const detail = byId("detail");
    const back = element("a", "back", "← All tests");
    back.href = "#tests";
    detail.replaceChildren(back, element("h2", "", test.name), facts(test));
    const call = test.call === undefined ? [] : callOf(test);
    detail.append(...call.slice(0, 1), ...problems(test), command(test), ...call.slice(1));
    detail.scrollTop = 0;
  }

  function facts(test) {
    const facts = element("p", "facts", element("span", `pill ${test.outcome}`, labelOf(test.outcome)),
      `${data.files[test.file]}:${test.line}`);
    for (const tag of test.tags ?? []) {
      const button = element("button", "tag", tag);
      button.type = "button";
      button.title = "Only tests with this tag";
      button.addEventListener("click", () => { setFilter({ tag }); route(); });
      facts.append(button);
    }
    return facts;
  }

  function problems(test) {
    const reasons = [];
    if (test.reason) {
      const isText = test.outcome === "skipped" || test.outcome === "expectedFailure";
      const reason = isText ? element("p", "", test.reason) : element("pre", "", ...shownLines(test.reason.split("\n")));
      reasons.push(element("div", `problem ${test.outcome}`, reason));
    }
    return reasons.concat((test.mismatches ?? []).map((mismatch) => {
      const problem = element("div", "problem",
        element("p", "", element("b", "", mismatch.subject), ` · ${mismatch.message}`),
        element("p", "meta", `${data.files[test.file]}:${mismatch.line}`));
      if (mismatch.lines.length) {
        const lines = element("pre", "", ...shownLines(mismatch.lines));
        lines.setAttribute("aria-label", "minus: expected, plus: found");
        problem.append(lines);
      }
      if (mismatch.cause.length) {
        problem.append(element("ul", "", ...mismatch.cause.map((cause) => element("li", "", cause))));
      }
      if (mismatch.step !== undefined) {
        const button = element("button", "", "Show the step");
        button.type = "button";
        button.addEventListener("click", () => {
          byId("detail").querySelector(`[data-step="${mismatch.step}"]`)?.scrollIntoView({ block: "center" });
        });
        problem.append(button);
      }
      return problem;
    }));
  }

  const shownLines = (lines) => lines.map((line) =>
    element("span", { "-": "minus", "+": "plus" }[line[0]] ?? "", line || " "));

  function command(test) {
    const box = element("div", "command", element("code", "", test.command));
    if (navigator.clipboard) {
      const copy = element("button", "", "Copy");
      copy.type = "button";
      copy.title = "Copy the command that runs only this test";
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(test.command);
        copy.textContent = "Copied";
      });
      box.append(copy);
    }
    return box;
  }

  function callOf(test) {
    const all = allCalls();
    const call = all.calls[test.call];
    const text = (at) => all.texts[at];
    const about = element("p", "meta", `${text(call.flow)} · ${call.status} after ${seconds(call.elapsed)} `
      + `on the virtual clock, ${count(call.actions, "action")} · starts ${call.start}`);
    const steps = new Set((test.mismatches ?? []).map((mismatch) => mismatch.step));
    const parts = element("div", "call",
      element("section", "", element("h3", "", "Conversation"), chat(call, all)),
      element("section", "", element("h3", "", "Trace"), timeline(call, all, steps)));
    const shown = [about, parts];
    if (call.variables.length) shown.push(variables(call, text));
    return shown;
  }

  function chat(call, { texts, turns }) {
    const list = element("ol", "chat");
    let last = -1;
    for (let at = 0; at < call.turns.length; at += 2) {
      const [kind, text] = turns[call.turns[at]];
      const time = call.turns[at + 1];
      const turn = turnOf(KINDS[kind], texts[text]);
      if (time >= 0 && time !== last) turn.prepend(clock(time));
      if (time >= 0) last = time;
      list.append(turn);
    }
    if (call.more_turns) list.append(element("li", "middle", `${count(call.more_turns, "more turn")} omitted`));
    const end = call.reason === null ? `call ended: ${call.status}` : texts[call.reason];
    list.append(element("li", call.reason === null ? "middle" : "middle bad", end));
    return list;
  }

  function timeline(call, all, steps) {
    const list = element("ol", "");
    for (let at = 0; at < call.lines.length; at += 4) {
      const [place, time, took, step] = call.lines.slice(at, at + 4);
      const line = lineOf({ ...decodedLine(all.lines[place], all.texts), time, took });
      if (step >= 0) {
        line.dataset.step = step;
        if (steps.has(step)) line.classList.add("marked");
      }
      list.append(line);
    }
    if (call.more) list.append(element("li", "note", `${count(call.more, "more step")} omitted`));
    return list;
  }

  function decodedLine([level, label, name, type, ...rest], texts) {
    const pieces = [];
    for (let at = 0; at < rest.length; at += 2) pieces.push([rest[at], texts[rest[at + 1]]]);
    return { level, label: texts[label], name: texts[name], type: texts[type], pieces };
  }

  function variables(call, text) {
    const rows = [];
    for (let at = 0; at < call.variables.length; at += 2) {
      const name = element("th", "", text(call.variables[at]));
      name.scope = "row";
      rows.push(element("tr", "", name, element("td", "value", text(call.variables[at + 1]))));
    }
    return element("details", "", element("summary", "", `Variables at the end (${rows.length})`),
      element("table", "", element("tbody", "", ...rows)));
  }

  // --- Views and addresses ----------------------------------------------------------

  function showFlow(id) {
    const template = byId(id) instanceof HTMLTemplateElement ? byId(id) : byId("flows-start");
    byId("flow").replaceChildren(template.content.cloneNode(true));
    byId("flow").scrollTop = 0;
    // A drawing wider than the screen starts at the entry of the flow.
    for (const canvas of byId("flow").querySelectorAll(".canvas")) {
      const box = canvas.querySelector(".start") ?? canvas.querySelector(".box");
      if (box) canvas.scrollLeft = box.x.baseVal.value + box.width.baseVal.value / 2 - canvas.clientWidth / 2;
    }
    for (const link of byId("flow-list").querySelectorAll("a")) {
      if (link.getAttribute("href") === `#${id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  function view(name, isOpen) {
    for (const id of ["tests", "flows"]) {
      const section = byId(`${id}-view`);
      if (!section) continue;
      section.hidden = id !== name;
      section.classList.toggle("open", isOpen);
      if (id === name) byId(`to-${id}`).setAttribute("aria-current", "page");
      else byId(`to-${id}`).removeAttribute("aria-current");
    }
    if (isOpen) window.scrollTo(0, 0);
  }

  function route() {
    const hash = location.hash.slice(1);
    if (hash === "main") return;
    if (byId("flows-view") && (hash === "flows" || hash.startsWith("flow-"))) {
      view("flows", hash !== "flows");
      return showFlow(hash);
    }
    const id = hash.startsWith("test-") ? decoded(hash.slice(5)) : null;
    const test = id === null ? undefined : data.tests.find((test) => test.id === id);
    view("tests", test !== undefined);
    if (test) return showTest(test);
    if (hash.includes("=")) {
      const parameters = new URLSearchParams(hash);
      for (const name of Object.keys(filter)) filter[name] = parameters.get(name) ?? "";
      showFilter();
      applyFilter();
    }
    if (!chosen) showStart(id);
  }

  // Without a chosen test, shows the first failure.
  function showStart(missing) {
    const first = found.find((test) => FAILURES.has(test.outcome)) ?? found[0];
    if (missing !== null) byId("detail").replaceChildren(element("p", "empty", "This test is not in this report."));
    else if (first) { showTest(first); }
    else byId("detail").replaceChildren(element("p", "empty", "No tests."));
  }

  function onKey(event) {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      location.hash = location.hash.startsWith("#flow") ? "#tests" : location.hash;
      event.preventDefault();
      return byId("q").focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const list = event.target.closest?.(".list, #filter") && event.target.tagName !== "SELECT";
    if (!step || !list) return;
    const rows = [...event.target.closest(".side").querySelectorAll("a.row")];
    const next = rows[rows.indexOf(event.target) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }

  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", route);
  fillFilter();
  showProperties();
  showFilter();
  applyFilter();
  route();
})();

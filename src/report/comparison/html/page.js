// The page shows the data of the two JSON elements.
(() => {
  const read = (id) => JSON.parse(byId(id).textContent);
  const groups = read("groups-data");
  const all = read("recordings-data");
  const SIGNS = { equal: "✓", different: "✗", unreplayable: "?", unreadable: "!" };
  const PAGE = 200;
  const filter = { q: "", verdict: "", group: "" };
  let found = [];
  let listed = 0;
  let chosen = null;

  const keyOf = (group) => `${group.name}|${group.at ?? ""}`;
  const addressOf = (it) => `#recording-${encodeURIComponent(it.path).replaceAll("%2F", "/")}`;

  function textOf(it) {
    it.text ??= [it.path, it.verdict, it.flow, it.ends, it.group, it.why, JSON.stringify(it.stale ?? []),
      JSON.stringify(it.differences ?? []), JSON.stringify(it.rows ?? [])].join("\n").toLowerCase();
    return it.text;
  }

  // --- Filter -----------------------------------------------------------------------

  function applyFilter() {
    const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
    found = all.filter((it) => (!filter.verdict || it.verdict === filter.verdict)
      && (!filter.group || it.group === filter.group)
      && words.every((word) => textOf(it).includes(word)));
    byId("list").replaceChildren();
    listed = 0;
    listMore();
    byId("shown").textContent = found.length === all.length
      ? count(found.length, "recording") : `${found.length.toLocaleString("en")} of ${count(all.length, "recording")}`;
  }

  function listMore() {
    const end = Math.min(listed + PAGE, found.length);
    for (; listed < end; listed += 1) byId("list").append(element("li", "", row(found[listed])));
    const left = found.length - listed;
    byId("more").hidden = left === 0;
    byId("more").textContent = `Show ${Math.min(PAGE, left)} more of ${left.toLocaleString("en")}`;
  }

  function row(it) {
    const sign = element("span", "sign", SIGNS[it.verdict]);
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", it.verdict);
    const at = it.path.lastIndexOf("/") + 1;
    const link = element("a", `row ${it.verdict}`, sign, element("span", "name", it.path.slice(at).replace(/\.recording\.json$/, "")),
      element("span", "meta", it.ends || it.verdict));
    link.href = addressOf(it);
    link.title = it.path;
    if (it === chosen) link.setAttribute("aria-current", "true");
    return link;
  }

  function fillFilter() {
    const verdicts = new Map([["", all.length]]);
    for (const it of all) verdicts.set(it.verdict, (verdicts.get(it.verdict) ?? 0) + 1);
    for (const [verdict, number] of verdicts) {
      const button = element("button", "", `${verdict || "all"} ${number.toLocaleString("en")}`);
      button.type = "button";
      button.dataset.verdict = verdict;
      button.addEventListener("click", () => setFilter(verdict ? { verdict } : { verdict, group: "" }));
      byId("verdicts").append(button);
    }
    byId("q").addEventListener("input", (event) => setFilter({ q: event.target.value }));
    byId("filter").addEventListener("submit", (event) => event.preventDefault());
    byId("more").addEventListener("click", listMore);
  }

  function showFilter() {
    byId("q").value = filter.q;
    for (const button of byId("verdicts").children) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === filter.verdict && !(filter.group && !filter.verdict)));
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

  // --- Overview and recordings ------------------------------------------------------

  function showOverview() {
    chosen = null;
    const list = element("div", "groups");
    for (const group of groups) {
      const at = group.at ? `, differs first at ${group.at}` : "";
      const link = element("a", "", element("span", "count", group.count.toLocaleString("en")),
        element("b", "", `${group.name}${at}`), element("span", "meta", group.why ?? ""));
      link.href = `#${new URLSearchParams({ group: keyOf(group) })}`;
      list.append(link);
    }
    byId("detail").replaceChildren(byId("overview").content.cloneNode(true));
    if (groups.length) byId("detail").append(element("h3", "", "Changed calls"), list);
    else byId("detail").append(element("p", "empty", "No call differs."));
  }

  function showRecording(it) {
    chosen = it;
    byId("list").querySelector("[aria-current]")?.removeAttribute("aria-current");
    const address = addressOf(it);
    for (const link of byId("list").querySelectorAll("a")) {
      if (link.getAttribute("href") !== address) continue;
      link.setAttribute("aria-current", "true");
      link.scrollIntoView({ block: "nearest" });
    }
    const back = element("a", "back", "← All recordings");
    back.href = "#recordings";
    const facts = element("p", "facts", element("span", `pill ${it.verdict}`, it.verdict),
      element("span", "", it.ends), element("span", "", it.flow));
    if (it.stale) facts.append(element("span", "", `stale: ${it.stale.join(", ")}`));
    const detail = byId("detail");
    detail.replaceChildren(back, element("h2", "", it.path), facts);
    if (it.why) detail.append(element("div", `problem ${it.verdict}`, element("p", "", it.why)));
    const differences = it.differences ?? [];
    const ofCall = differences.filter((one) => one.row === null);
    if (ofCall.length) detail.append(element("h3", "", "The whole call"), ...ofCall.map(difference));
    const sides = it.rows?.length ? sidesOf(it, differences) : null;
    if (sides) detail.append(element("h3", "", "Step by step"), sides);
    else if (it.verdict === "different") detail.append(element("p", "empty", "The steps of this recording are not on this page. Compare it alone to see them."));
    if (it.more) detail.append(element("p", "note", `${count(it.more, "more difference")} omitted`));
    if (it.ignored) detail.append(element("p", "note", `Not compared: ${it.ignored.join(", ")}`));
    detail.scrollTop = 0;
    const first = sides?.querySelector(".first");
    if (first) sides.scrollTop = Math.max(0, first.offsetTop - sides.clientHeight / 3);
  }

  function sidesOf(it, differences) {
    const sides = element("div", "sides", element("div", "sides-head", element("span", "", "Recorded"), element("span", "", "Local")));
    sides.tabIndex = 0;
    sides.setAttribute("role", "group");
    sides.setAttribute("aria-label", "Recorded and local steps");
    it.rows.forEach((row, at) => {
      const pair = element("div", `pair ${row.mark}${at === it.first ? " first" : ""}`, stepOf(row.recorded), stepOf(row.local));
      const own = differences.filter((one) => one.row === at);
      if (own.length) pair.append(element("div", "differences", ...own.map(difference)));
      sides.append(pair);
    });
    return sides;
  }

  function stepOf(step) {
    if (!step) return element("div", "step");
    const head = element("p", "", element("span", "what", String(step.number)), element("b", "", step.name));
    if (step.kind !== step.name) head.append(element("span", "kind", step.kind));
    if (step.time !== null) head.append(clock(step.time));
    return element("div", "step", head, ...step.lines.map(([what, text]) =>
      element("p", "", element("span", "what", what), text)));
  }

  function difference(one) {
    const lines = element("pre", "");
    if (one.recorded !== null) lines.append(element("span", "minus", `- ${one.recorded}`));
    if (one.local !== null) lines.append(element("span", "plus", `+ ${one.local}`));
    lines.setAttribute("aria-label", "minus: recorded, plus: local");
    const shown = element("div", "difference", element("b", "", one.what), element("code", "", one.pointer));
    if (lines.children.length) shown.append(lines);
    return shown;
  }

  // --- Addresses --------------------------------------------------------------------

  function route() {
    const hash = location.hash.slice(1);
    if (hash === "main") return;
    const path = hash.startsWith("recording-") ? decoded(hash.slice(10)) : null;
    const it = path === null ? undefined : all.find((it) => it.path === path);
    if (hash.includes("=") && !it) {
      const parameters = new URLSearchParams(hash);
      for (const name of Object.keys(filter)) filter[name] = parameters.get(name) ?? "";
      showFilter();
      applyFilter();
    }
    const isOverview = hash === "" || hash === "overview";
    byId("view").classList.toggle("open", isOverview || it !== undefined);
    byId("to-overview").toggleAttribute("aria-current", isOverview);
    byId("to-recordings").toggleAttribute("aria-current", !isOverview);
    if (it) showRecording(it);
    else if (path !== null) byId("detail").replaceChildren(element("p", "empty", "This recording is not on this page."));
    else if (isOverview) showOverview();
    else if (found[0] && !found.includes(chosen)) showRecording(found.find((one) => one.verdict !== "equal") ?? found[0]);
    if (isOverview || it) window.scrollTo(0, 0);
  }

  function onKey(event) {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      byId("q").focus();
    }
  }

  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", route);
  fillFilter();
  showFilter();
  applyFilter();
  route();
})();

// The views. While the page is visible, they are refreshed when the server announces a change;
// every second if it does not, or if its clock runs; and otherwise now and then, because a
// connection may be lost without notice.
(() => {
  const EVERY_MS = 1000;
  const SELDOM = 10;
  const MAX_REQUESTS = 1000;
  let status = null;
  let view = "overview";
  // The state of each view.
  const flows = { q: "", page: 1 };
  const instances = { state: "", page: 1, id: null };
  const requests = { status: "", list: [], number: null, isEnd: false };

  // --- Overview -------------------------------------------------------------------

  function card(title, ...children) {
    return element("section", "card", element("h2", "", title), ...children);
  }

  function showCards() {
    const { address, version, isKept, instances: { waiting, over }, fixtures, requests: { byStatus } } = status;
    const storage = isKept ? "Changes are stored on disk." : "Changes are lost when the server stops.";
    const runs = element("p", "big", linkTo("#conversations?state=waiting", `${waiting.toLocaleString("en")} waiting`),
      " · ", linkTo("#conversations?state=over", `${over.toLocaleString("en")} finished`));
    const sorts = Object.entries(byStatus).filter(([, number]) => number > 0);
    const asked = element("p", "big", ...sorts.flatMap(([sort, number], at) =>
      [at ? " · " : "", linkTo(`#requests?status=${sort}`, `${number.toLocaleString("en")} × ${sort}`)]));
    if (!sorts.length) asked.append("none yet");
    const sections = Object.entries(fixtures).map(([name, number]) =>
      element("li", "", `${spaced(name)} `, element("b", "", number.toLocaleString("en"))));
    keepFocus(byId("cards"), () => byId("cards").replaceChildren(
      card("Address", element("p", "big", element("code", "", address)),
        element("p", "meta", `Any client id and secret are accepted. ${storage}`)),
      card("Conversations and executions", runs, element("p", "", button("Call a flow", "#call"))),
      card("Requests", asked, element("p", "meta", `flowsim ${version} · `, linkTo("/__flowsim/openapi.json", "OpenAPI document"))),
      card("Fixtures", sections.length ? element("ul", "counts", ...sections) : element("p", "meta", "none"))));
  }

  const spaced = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

  function linkTo(href, text) {
    const link = element("a", "", text);
    link.href = href;
    return link;
  }

  function button(text, href, className = "button main") {
    const link = linkTo(href, text);
    link.className = className;
    return link;
  }

  async function refreshFlows() {
    const { q, page } = flows;
    const found = await ask(`flows?${new URLSearchParams({ pageSize: 25, pageNumber: page, q })}`);
    if (q !== flows.q || page !== flows.page) return;
    update(byId("flows-list"), found.entities, flowRow);
    byId("flows-shown").textContent = q ? `${count(found.total, "flow")} matching “${q}”` : count(found.total, "flow");
    const sorts = [["bad", found.errors, "error"], ["warned", found.warnings, "warning"]];
    update(byId("flows-findings"), sorts.filter(([, number]) => number > 0), ([className, number, what]) =>
      element("span", className, `${count(number, what)} in total`));
    pager(byId("flows-pager"), found, (number) => { flows.page = number; refresh(); });
  }

  function flowRow(flow) {
    const name = element("th", "", element("span", "name", flow.name));
    name.scope = "row";
    name.title = flow.id;
    const version = flow.version ? `${flow.version}${flow.isPublished ? "" : ", not published"}` : "none";
    const call = element("td", "");
    if (flow.canRun) {
      const link = button("Call", `#call=${encodeURIComponent(flow.id)}`, "button");
      link.setAttribute("aria-label", `Call ${flow.name}`);
      call.append(link);
    }
    return element("tr", "", name, element("td", "", flow.type), element("td", "", version),
      element("td", "", findingsOf(flow)), call);
  }

  function findingsOf({ errors, warnings, findings }) {
    if (!findings.length) return element("span", "sign passed", "✓ none");
    const parts = [[errors, "error"], [warnings, "warning"]].filter(([number]) => number > 0);
    const rest = findings.length - errors - warnings;
    if (rest > 0) parts.push([rest, "hint"]);
    const summary = element("summary", errors ? "bad" : "warned", parts.map(([number, what]) => count(number, what)).join(", "));
    return element("details", "findings", summary, element("ul", "", ...findings.map((finding) =>
      element("li", "", element("code", "", finding.errorCode), ` ${finding.message}`))));
  }

  // --- Conversations --------------------------------------------------------------

  async function refreshInstances() {
    const { state, page } = instances;
    const query = new URLSearchParams({ pageSize: 25, pageNumber: page, ...(state && { state }) });
    const found = await ask(`instances?${query}`);
    if (state !== instances.state || page !== instances.page) return;
    if (page > 1 && page > found.pageCount) { instances.page = Math.max(1, found.pageCount); return refreshInstances(); }
    const rows = found.entities.map((it) => ({ ...it, isChosen: it.id === instances.id }));
    update(byId("instances"), rows.length ? rows : [null], instanceRow);
    pager(byId("instances-pager"), found, (number) => { instances.page = number; refresh(); });
  }

  function instanceRow(instance) {
    if (!instance) {
      return element("li", "empty", { waiting: "No waiting conversations.", over: "No finished conversations.", "": "No conversations yet." }[instances.state]);
    }
    const isOver = instance.state === "over";
    const sign = element("span", `sign ${isOver && instance.status === "completed" ? "passed" : ""}`,
      isOver ? (instance.status === "completed" ? "✓" : "✗") : "…");
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", isOver ? instance.status : "waiting");
    const where = isOver
      ? `${instance.status}${instance.queue ? `, routed to ${instance.queue}` : ""}${instance.isDisconnected ? ", hung up" : ""}`
      : instance.asking ? `${instance.asking.node} is calling its webhook`
      : instance.waitingAt ? `waiting at ${instance.waitingAt}` : "waiting";
    const when = element("span", "meta", `${where} · ${instance.media} · `, moment(instance.startedAt, status.now));
    const link = element("a", `row ${isOver && instance.status !== "completed" ? "failed" : ""}`, sign,
      element("span", "name", instance.flowName ?? instance.flowId), when);
    link.href = `#instance-${instance.id}`;
    link.title = instance.id;
    if (instance.isChosen) link.setAttribute("aria-current", "true");
    return element("li", "", link);
  }

  async function refreshInstance() {
    const { id } = instances;
    if (!id) return;
    try {
      const instance = await ask(`instances/${encodeURIComponent(id)}`);
      if (id === instances.id) showInstance(instance, status.now);
    } catch (error) {
      if (error.status !== 404) throw error;
      if (id !== instances.id) return;
      byId("conversation").replaceChildren(element("p", "empty", "This conversation no longer exists."));
    }
  }

  function showStates() {
    const { waiting, over } = status.instances;
    chips(byId("states"), [["", `all ${(waiting + over).toLocaleString("en")}`], ["waiting", `waiting ${waiting.toLocaleString("en")}`], ["over", `finished ${over.toLocaleString("en")}`]],
      instances.state, (state) => { location.hash = `conversations?state=${state || "all"}`; });
  }

  // --- Requests -------------------------------------------------------------------

  async function refreshRequests() {
    const found = await newest({});
    if (!found) return;
    const known = new Set(found.map((request) => request.number));
    const first = found.at(-1)?.number ?? 0;
    // Older requests that were loaded stay in the list unless there is a gap before them.
    const older = requests.list.filter((request) => request.number < first && !known.has(request.number));
    const isGap = found.length === 50 && requests.list.length > 0 && requests.list[0].number < first;
    requests.list = (isGap ? found : [...found, ...older]).slice(0, MAX_REQUESTS);
    if (isGap) requests.isEnd = false;
    if (found.length < 50) requests.isEnd = true;
    listRequests();
  }

  async function newest(query) {
    const wanted = requests.status;
    const { requests: found } = await ask(`requests?${new URLSearchParams({ newest: 50, status: wanted, ...query })}`);
    return wanted === requests.status ? found.reverse() : null;
  }

  async function olderRequests() {
    const before = requests.list.at(-1)?.number;
    const found = before === undefined ? null : await newest({ before }).catch(problem);
    if (!found) return;
    requests.isEnd = found.length < 50;
    requests.list = [...requests.list, ...found];
    listRequests();
  }

  function listRequests() {
    const rows = requests.list.map(({ number, method, uri, status: answered, why }) =>
      ({ number, method, uri, answered, why, isChosen: number === requests.number }));
    update(byId("requests"), rows.length ? rows : [null], requestRow);
    byId("more").hidden = requests.isEnd || !requests.list.length;
    showRequest();
  }

  const sortOf = (answered) => (answered < 400 ? "passed" : "failed");

  function requestRow(request) {
    if (!request) return element("li", "empty", requests.status ? `No requests with status ${requests.status}.` : "No requests yet.");
    const { number, method, uri, answered, why, isChosen } = request;
    const link = element("a", `row ${sortOf(answered)}`, element("span", "sign", String(answered)),
      element("span", "name", element("b", "", method), ` ${uri}`), element("span", "meta", why));
    link.href = `#request-${number}`;
    if (isChosen) link.setAttribute("aria-current", "true");
    return element("li", "", link);
  }

  function showRequest() {
    const request = requests.list.find(({ number }) => number === requests.number);
    const detail = byId("request");
    if (detail.dataset.number === String(request?.number ?? requests.number)) return;
    detail.dataset.number = String(request?.number ?? "");
    if (!request) {
      const text = requests.number === null ? "Select a request to see its body and response." : "This request is not in the list.";
      return detail.replaceChildren(element("p", "empty", text));
    }
    const back = linkTo("#requests", "← All requests");
    back.className = "back";
    const facts = element("p", "facts", element("span", `pill ${sortOf(request.status)}`, String(request.status)),
      element("span", "", `request ${request.number}`), moment(request.at, status.now), element("code", "", request.id));
    detail.replaceChildren(back, element("h2", "", `${request.method} ${request.uri}`), facts);
    if (request.why) detail.append(element("p", "why", request.why));
    for (const [title, text] of [["Request body", request.body], ["Response", request.answer]]) {
      if (text) detail.append(element("h3", "", title), element("pre", "", element("span", "", pretty(text))));
    }
    detail.scrollTop = 0;
  }

  function pretty(text) {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
  }

  function showStatuses() {
    const sorts = Object.entries(status.requests.byStatus);
    const all = [["", `all ${status.requests.logged.toLocaleString("en")}`],
      ...sorts.map(([sort, number]) => [sort, `${sort} ${number.toLocaleString("en")}`])];
    chips(byId("statuses"), all, requests.status, (sort) => { location.hash = sort ? `requests?status=${sort}` : "requests?"; });
  }

  // --- All views ------------------------------------------------------------------

  function showClock() {
    const { now, realTime } = status;
    byId("now").textContent = now.replace("T", " ").replace(/(\.\d+)?Z$/, "");
    byId("now").dateTime = now;
    byId("now").title = realTime ? "Wall clock, UTC" : "Virtual clock, UTC: it runs only when you advance it";
    byId("passing").hidden = realTime;
  }

  // Only one refresh runs at a time. A request for another one is served right after it.
  let running = null;
  let isWantedAgain = false;

  function refresh() {
    if (running) { isWantedAgain = true; return running; }
    running = (async () => {
      do {
        isWantedAgain = false;
        await refreshOnce();
      } while (isWantedAgain);
      running = null;
    })();
    return running;
  }

  async function refreshOnce() {
    try {
      const fresh = await ask("status");
      const isSame = JSON.stringify(fresh) === JSON.stringify(status);
      status = fresh;
      if (!isSame) showStatus();
      if (view === "overview") await refreshFlows();
      if (view === "conversations") { showStates(); await refreshInstances(); await refreshInstance(); }
      if (view === "tools") await refreshTools();
      if (view === "requests") { showStatuses(); await refreshRequests(); }
      problem(null);
      news.connect(refreshIfVisible);
    } catch (error) {
      problem(error);
    }
  }

  function refreshIfVisible() {
    if (!document.hidden) refresh();
  }

  function showStatus() {
    showClock();
    byId("waiting-number").textContent = status.instances.waiting.toLocaleString("en");
    byId("requests-number").textContent = status.requests.logged.toLocaleString("en");
    showCards();
  }

  function show(name, isOpen) {
    if (isOpen || name !== view) window.scrollTo(0, 0);
    view = name;
    for (const id of ["overview", "conversations", "requests", "tools"]) {
      byId(`${id}-view`).hidden = id !== name;
      byId(`${id}-view`).classList.toggle("open", isOpen);
      if (id === name) byId(`to-${id}`).setAttribute("aria-current", "page");
      else byId(`to-${id}`).removeAttribute("aria-current");
    }
  }

  function route() {
    const hash = location.hash.slice(1);
    if (hash === "main") return;
    const [path, query] = hash.split("?");
    const asked = new URLSearchParams(query ?? "");
    if (path === "call" || path.startsWith("call=")) {
      show("conversations", true);
      instances.id = null;
      showForm(decoded(path.slice(5)));
    } else if (path.startsWith("instance-")) {
      show("conversations", true);
      instances.id = decoded(path.slice(9));
    } else if (path === "conversations") {
      show("conversations", false);
      const state = asked.get("state");
      if (state) Object.assign(instances, { state: state === "all" ? "" : state, page: 1 });
      if (!byId("conversation").children.length) byId("conversation").append(element("p", "empty", "Select a conversation, or call a flow."));
    } else if (path.startsWith("request-")) {
      show("requests", true);
      requests.number = Number(path.slice(8));
      listRequests();
    } else if (path === "requests") {
      show("requests", false);
      if (query !== undefined) setStatus(asked.get("status") ?? "");
      showRequest();
    } else if (path === "tools") {
      show("tools", false);
    } else {
      show("overview", false);
    }
    refresh();
  }

  function setStatus(wanted) {
    Object.assign(requests, { status: wanted, list: [], isEnd: false });
    byId("status").value = /^\d+$/.test(wanted) ? wanted : "";
  }

  function onKey(event) {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || view !== "conversations") return;
    const isButton = event.target.closest?.("button, a, summary") && event.key === "Enter";
    if (!isButton && instances.id && pressKey(event.key)) event.preventDefault();
  }

  for (const passing of byId("passing").children) {
    passing.addEventListener("click", async () => {
      await post("clock", { advanceMs: Number(passing.dataset.ms) }).catch(problem);
      refresh();
    });
  }
  byId("flows-q").addEventListener("input", (event) => { Object.assign(flows, { q: event.target.value, page: 1 }); refresh(); });
  byId("status").addEventListener("input", (event) => {
    const { value } = event.target;
    if (value === "" || /^\d{3}$/.test(value)) location.hash = value ? `requests?status=${value}` : "requests?";
  });
  byId("more").addEventListener("click", olderRequests);
  document.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", refreshIfVisible);
  window.addEventListener("hashchange", route);
  let ticks = 0;
  setInterval(() => {
    ticks += 1;
    if (!news.areOn() || status?.realTime || ticks % SELDOM === 0) refreshIfVisible();
  }, EVERY_MS);
  news.connect(refreshIfVisible);
  route();
})();

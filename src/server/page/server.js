// Requests to the page's server, its announcements, and lists that are updated in place.
const { ask, post, news, problem, update, chips, pager, moment, keepFocus } = (() => {
  // Sends a request. An error answer becomes an exception with the server's message.
  async function ask(path, method = "GET", body = undefined) {
    let answer;
    try {
      answer = await fetch(`/__flowsim/${path}`, {
        method, cache: "no-store", body: typeof body === "string" ? body : body && JSON.stringify(body),
        signal: AbortSignal.timeout(15000),
      });
    } catch {
      throw Object.assign(new Error("The server is not responding."), { isAway: true });
    }
    const content = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw Object.assign(new Error(content.message), { status: answer.status, details: content.details });
    return content;
  }

  const post = (path, body = {}) => ask(path, "POST", body);

  // The server's announcements of changes, over a web socket.
  const news = (() => {
    // Time before a connection that has ended begins again, and one that failed to begin.
    const [SOON_MS, LATER_MS] = [1000, 60000];
    let socket = null;
    let isOpen = false;
    let notBefore = 0;

    // Connects to the server unless the page is connected. `changed` is called after every
    // change, and when the connection begins or ends, as changes may have been missed.
    function connect(changed) {
      if (socket || Date.now() < notBefore) return;
      try {
        socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/__flowsim/changes`);
      } catch {
        notBefore = Date.now() + LATER_MS;
        return;
      }
      socket.addEventListener("open", () => { isOpen = true; changed(); });
      socket.addEventListener("message", changed);
      socket.addEventListener("close", () => {
        const wasOpen = isOpen;
        [socket, isOpen, notBefore] = [null, false, Date.now() + (wasOpen ? SOON_MS : LATER_MS)];
        if (wasOpen) changed();
      });
    }

    return { connect, areOn: () => isOpen };
  })();

  // Shows or hides the error message above the page.
  function problem(error) {
    byId("alarm").hidden = !error;
    byId("alarm").textContent = error?.message ?? "";
  }

  // The controls of an element, and what identifies one of them when they are created again.
  const controls = (place) => [...place.querySelectorAll("a, button, input, select, textarea, summary")];
  const nameOf = (control) => control.dataset.key ?? control.getAttribute("href") ?? control.getAttribute("aria-label") ?? control.textContent;

  // Creates content again, and returns the focus to the same control, or to the place itself.
  function keepFocus(place, change) {
    const focused = place.contains(document.activeElement) && place !== document.activeElement ? document.activeElement : null;
    const name = focused && nameOf(focused);
    change();
    if (!focused || place.contains(document.activeElement)) return;
    const same = controls(place).find((control) => nameOf(control) === name && !control.disabled);
    if (same) return same.focus();
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus();
  }

  // Updates a list. Equal items at its beginning are kept, which preserves the focus and the
  // scroll position; the others are created again. Returns whether anything changed.
  function update(list, items, make) {
    const keys = items.map((item) => JSON.stringify(item));
    const old = list.keys ?? [];
    let same = 0;
    while (same < keys.length && same < old.length && keys[same] === old[same]) same += 1;
    if (same === keys.length && same === old.length) return false;
    keepFocus(list, () => {
      while (list.children.length > same) list.lastElementChild.remove();
      list.append(...items.slice(same).map(make));
    });
    list.keys = keys;
    return true;
  }

  // Shows buttons of which one is chosen.
  function chips(box, entries, chosen, choose) {
    box.choose = choose;
    update(box, entries.map(([key, text]) => [key, text, key === chosen]), ([key, text, isChosen]) => {
      const chip = element("button", "", text);
      chip.type = "button";
      chip.dataset.key = key;
      chip.setAttribute("aria-pressed", String(isChosen));
      chip.addEventListener("click", () => box.choose(key));
      return chip;
    });
  }

  // Shows the buttons for the previous and next page.
  function pager(place, { pageNumber, pageCount }, go) {
    const key = `${pageNumber} ${pageCount}`;
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    keepFocus(place, () => place.replaceChildren(...pagerButtons(place, pageNumber, pageCount, go)));
  }

  function pagerButtons(place, pageNumber, pageCount, go) {
    if (pageCount < 2 && pageNumber === 1) return [];
    const pageButton = (text, number, isThere) => {
      const button = element("button", "", text);
      button.type = "button";
      button.disabled = !isThere;
      button.addEventListener("click", () => go(number));
      return button;
    };
    const [back, on] = place.id.startsWith("flows") ? ["← Previous", "Next →"] : ["← Newer", "Older →"];
    return [pageButton(back, pageNumber - 1, pageNumber > 1),
      element("span", "meta", `${pageNumber} of ${Math.max(pageCount, 1)}`),
      pageButton(on, pageNumber + 1, pageNumber < pageCount)];
  }

  // Formats a time of the server; the date is omitted if it is the server's current date.
  function moment(text, now = "") {
    const time = element("time", "", (text.slice(0, 10) === now.slice(0, 10) ? text.slice(11) : text.replace("T", " ")).replace(/(\.\d+)?Z$/, ""));
    time.dateTime = text;
    time.title = text;
    return time;
  }

  return { ask, post, news, problem, update, chips, pager, moment, keepFocus };
})();

// Requests to the page's server, and lists that are updated in place.
const { ask, post, problem, update, pager, moment } = (() => {
  // Sends a request. An error answer becomes an exception with the server's message.
  async function ask(path, method = "GET", body = undefined) {
    let answer;
    try {
      answer = await fetch(`/__flowsim/${path}`, {
        method, cache: "no-store", body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(15000),
      });
    } catch {
      throw Object.assign(new Error("The server is not responding."), { isAway: true });
    }
    const content = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw Object.assign(new Error(content.message), { status: answer.status });
    return content;
  }

  const post = (path, body = {}) => ask(path, "POST", body);

  // Shows or hides the error message above the page.
  function problem(error) {
    byId("alarm").hidden = !error;
    byId("alarm").textContent = error?.message ?? "";
  }

  // Updates a list. Equal items at its beginning are kept, which preserves the focus and the
  // scroll position; the others are created again. Returns whether anything changed.
  function update(list, items, make) {
    const keys = items.map((item) => JSON.stringify(item));
    const old = list.keys ?? [];
    let same = 0;
    while (same < keys.length && same < old.length && keys[same] === old[same]) same += 1;
    if (same === keys.length && same === old.length) return false;
    const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    while (list.children.length > same) list.lastElementChild.remove();
    list.append(...items.slice(same).map(make));
    list.keys = keys;
    if (focused) [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
    return true;
  }

  // Shows the buttons for the previous and next page.
  function pager(place, { pageNumber, pageCount }, go) {
    const key = `${pageNumber} ${pageCount}`;
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    place.replaceChildren();
    if (pageCount < 2 && pageNumber === 1) return;
    const pageButton = (text, number, isThere) => {
      const button = element("button", "", text);
      button.type = "button";
      button.disabled = !isThere;
      button.addEventListener("click", () => go(number));
      return button;
    };
    place.append(pageButton("← Newer", pageNumber - 1, pageNumber > 1),
      element("span", "meta", `${pageNumber} of ${Math.max(pageCount, 1)}`),
      pageButton("Older →", pageNumber + 1, pageNumber < pageCount));
    if (place.id.startsWith("flows")) {
      place.firstChild.textContent = "← Previous";
      place.lastChild.textContent = "Next →";
    }
  }

  // Formats a time of the server; the date is omitted if it is the server's current date.
  function moment(text, now = "") {
    const time = element("time", "", (text.slice(0, 10) === now.slice(0, 10) ? text.slice(11) : text.replace("T", " ")).replace(/(\.\d+)?Z$/, ""));
    time.dateTime = text;
    time.title = text;
    return time;
  }

  return { ask, post, problem, update, pager, moment };
})();

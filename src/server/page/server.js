// What the page asks of its server, and lists that are brought up to date.
const { ask, tell, problem, update, pager, moment } = (() => {
  // Asks; what is refused is an error with the server's words.
  async function ask(path, method = "GET", body = undefined) {
    let answer;
    try {
      answer = await fetch(`/__flowsim/${path}`, {
        method, cache: "no-store", body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(15000),
      });
    } catch {
      throw Object.assign(new Error("The server does not answer."), { isAway: true });
    }
    const said = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw Object.assign(new Error(said.message), { status: answer.status });
    return said;
  }

  const tell = (path, body = {}) => ask(path, "POST", body);

  // What stands above the page while something is wrong with the server.
  function problem(error) {
    byId("alarm").hidden = !error;
    byId("alarm").textContent = error?.message ?? "";
  }

  // Brings a list up to date: what is the same at its beginning stays as it is, so that nobody
  // loses the place; the rest is made anew. Answers whether there was anything new.
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

  // The ways to the pages before and behind this one.
  function pager(place, { pageNumber, pageCount }, go) {
    const key = `${pageNumber} ${pageCount}`;
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    place.replaceChildren();
    if (pageCount < 2 && pageNumber === 1) return;
    const way = (text, number, isThere) => {
      const button = element("button", "", text);
      button.type = "button";
      button.disabled = !isThere;
      button.addEventListener("click", () => go(number));
      return button;
    };
    place.append(way("← Newer", pageNumber - 1, pageNumber > 1),
      element("span", "meta", `${pageNumber} of ${Math.max(pageCount, 1)}`),
      way("Older →", pageNumber + 1, pageNumber < pageCount));
    if (place.id.startsWith("flows")) {
      place.firstChild.textContent = "← Back";
      place.lastChild.textContent = "Further →";
    }
  }

  // A moment of the server: the day is left out where it is today there.
  function moment(text, now = "") {
    const time = element("time", "", (text.slice(0, 10) === now.slice(0, 10) ? text.slice(11) : text.replace("T", " ")).replace(/(\.\d+)?Z$/, ""));
    time.dateTime = text;
    time.title = text;
    return time;
  }

  return { ask, tell, problem, update, pager, moment };
})();

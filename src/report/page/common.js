"use strict";
// Shared by all pages. Every text is added as text, never as markup, because names and
// prompts come from user documents.
const { byId, element, seconds, count, clock, decoded, turnOf, lineOf } = (() => {
  const byId = (id) => document.getElementById(id);
  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  const seconds = (ms) => `${ms / 1000} s`;
  const count = (number, what) => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;

  // Formats virtual time as minutes and seconds since the start of the call.
  function clock(ms) {
    const tenths = Math.floor(ms / 100);
    const rest = tenths % 600;
    const time = element("time", "", `${Math.floor(tenths / 600)}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`);
    time.title = `${ms.toLocaleString("en")} ms after the start of the call`;
    return time;
  }

  function decoded(text) {
    try { return decodeURIComponent(text); } catch { return text; }
  }

  // Renders a turn of a conversation.
  function turnOf(kind, text) {
    switch (kind) {
      case "said": return element("li", "flow", element("div", "bubble", text));
      case "pressed": {
        const keys = element("div", "bubble", ...[...text].map((key) => element("kbd", "", key)));
        keys.setAttribute("aria-label", `pressed ${text}`);
        return element("li", "caller", keys);
      }
      case "spoke": return element("li", "caller", element("div", "bubble", text));
      case "handed": return element("li", "middle way", text);
      default: return element("li", "middle", text);
    }
  }

  // Renders a trace line; each piece has an ink number and a text.
  const ERROR_INK = 5;

  function lineOf({ level, label, name, type, time, took, pieces }) {
    const head = element("p", "", element("b", "", label));
    if (name) head.append(` (${name})`);
    if (type) head.append(element("span", "type", type));
    if (took > 0) head.append(element("span", "type", seconds(took)));
    const body = element("div", "body", head, ...pieces.map(([ink, text]) => element("p", `ink${ink}`, text)));
    const isBad = pieces.some(([ink]) => ink === ERROR_INK);
    const rail = element("div", "rail", ...Array.from({ length: Math.min(level, 12) }, () => element("i")), body);
    const className = `line${isBad ? " bad" : ""}${type ? "" : " rest"}`;
    return element("li", className, time >= 0 ? clock(time) : element("span"), rail);
  }

  function toggleTheme() {
    const root = document.documentElement;
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    setTheme(isDark ? "light" : "dark");
    try { localStorage.setItem("flowsim-theme", root.dataset.theme); } catch { /* storage may be unavailable for local files */ }
  }

  function setTheme(theme) {
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  }

  try { setTheme(localStorage.getItem("flowsim-theme")); } catch { /* as above */ }
  byId("theme").addEventListener("click", toggleTheme);
  return { byId, element, seconds, count, clock, decoded, turnOf, lineOf };
})();

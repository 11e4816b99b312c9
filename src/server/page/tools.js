// The settings of tests: fixtures, faults, stubs and webhooks. Each is a JSON document that is
// read from the server, edited, and sent back.
const { refreshTools } = (() => {
  const pretty = (value) => JSON.stringify(value, null, 2);

  const TOOLS = [
    {
      // The document may be large, so it is read only once, and after changes.
      isLarge: true, path: "fixtures", title: "Fixtures", help: "What the organisation holds and how it answers. Merge changes only what the document names.",
      example: "{\"queues\": [{\"id\": \"q-1\", \"name\": \"Support\"}]}",
      textOf: (found) => found, listOf: () => [],
      actions: [["Merge", "PATCH"], ["Replace", "PUT"]],
    },
    {
      path: "faults", title: "Faults", help: "Answers to the next requests of a route: a status, or an object with status, retryAfter, delayMs, count or connection.",
      example: "{\"POST /api/v2/flows/variables\": [409, {\"status\": 429, \"retryAfter\": 1}]}",
      textOf: (found) => Object.fromEntries(Object.entries(found).map(([route, faults]) => [route, faults.map(withoutNull)])),
      listOf: (found) => Object.entries(found).map(([route, faults]) => `${route}: ${faults.map(({ status, count, connection }) => `${connection ?? status}${count === 1 ? "" : ` (${count})`}`).join(", ")}`),
      actions: [["Set", "POST"]],
      // A list replaces the faults of its route; an empty one removes them.
      sent: (wanted, known) => ({ ...Object.fromEntries(Object.keys(known).map((route) => [route, []])), ...wanted }),
    },
    {
      path: "stubs", title: "Stubs", help: "Prepared answers for any request, also for those that are not served.",
      example: "{\"GET /api/v2/quality/forms/{formId}\": {\"body\": {\"name\": \"Survey\"}}}",
      textOf: (found) => found.set,
      listOf: (found) => found.stubs.map(({ request, source, used, isUsedUp }) => `${request} (${source}): ${count(used, "answer")}${isUsedUp ? ", used up" : ""}`),
      actions: [["Set", "PUT"]],
    },
    {
      path: "webhooks", title: "Webhooks", help: "Your services, by the flow whose keys they receive or by the webhookId of nodes.",
      example: "{\"My flow\": \"http://127.0.0.1:5000/hook\"}",
      textOf: (found) => Object.fromEntries(Object.entries(found.webhooks).map(([name, { url, timeoutMs, attempts }]) => [name, { url, timeoutMs, attempts }])),
      listOf: (found) => [
        ...Object.entries(found.webhooks).map(([name, { url, matches }]) => `${name}: ${url} (${matches ?? "matches nothing yet"})`),
        ...found.calls.slice(-20).reverse().map(({ node, url, outcome }) => `${outcome}: ${node} called ${url}`),
      ],
      actions: [["Set", "PUT"]],
    },
  ];

  const withoutNull = (entries) => Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== null));

  function panel(tool) {
    const { path, title, help, example } = tool;
    const heading = element("h2", "", title);
    heading.id = `${path}-title`;
    const text = element("textarea");
    Object.assign(text, { id: `${path}-text`, rows: 12, spellcheck: false, placeholder: example });
    text.setAttribute("aria-labelledby", heading.id);
    text.setAttribute("aria-describedby", `${path}-help`);
    text.addEventListener("input", () => { tool.isEdited = true; });
    const about = element("p", "meta", help);
    about.id = `${path}-help`;
    const actions = element("p", "tool-actions");
    for (const [name, method] of tool.actions) actions.append(button(name, `${name} ${path}`, "main", () => send(tool, method)));
    actions.append(button("Reload", `Reload ${path}`, "", () => { tool.isEdited = false; tool.say(""); refreshTool(tool); }));
    const said = element("p", "said");
    said.setAttribute("role", "status");
    const mistakes = element("ul", "mistakes");
    const list = element("ul", "current");
    const made = element("section", "tool", heading, about, text, actions, said, mistakes, list);
    made.id = `${path}-tool`;
    made.setAttribute("aria-labelledby", heading.id);
    Object.assign(tool, {
      text, list,
      say: (words, isBad = false, findings = []) => {
        said.textContent = words;
        said.classList.toggle("wrong", isBad);
        mistakes.replaceChildren(...findings.map(({ message, line, column }) => element("li", "", line ? `line ${line}, column ${column}: ${message}` : message)));
      },
    });
    return made;
  }

  function button(name, label, className, act) {
    const made = element("button", className, name);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  async function send(tool, method) {
    let wanted;
    try {
      wanted = JSON.parse(tool.text.value || "{}");
    } catch (error) {
      return tool.say(`Not JSON: ${error.message}`, true);
    }
    try {
      const answer = await ask(tool.path, method, tool.sent ? tool.sent(wanted, tool.found) : tool.text.value || "{}");
      tool.isEdited = false;
      await refreshTool(tool);
      tool.say("Done.", false, answer.findings ?? []);
    } catch (error) {
      tool.say(error.message, true, error.details ?? []);
    }
  }

  async function refreshTool(tool) {
    tool.found = await ask(tool.path);
    update(tool.list, tool.listOf(tool.found), (text) => element("li", "", text));
    // Text that the user has changed, or is about to change, stays.
    if (tool.isEdited || tool.text === document.activeElement) return;
    const text = pretty(tool.textOf(tool.found));
    const shown = text === "{}" ? "" : text;
    if (tool.text.value !== shown) tool.text.value = shown;
  }

  async function refreshTools() {
    const box = byId("tools");
    if (!box.children.length) box.append(...TOOLS.map(panel));
    for (const tool of TOOLS.filter(({ isLarge, found }) => !isLarge || !found)) await refreshTool(tool);
  }

  return { refreshTools };
})();

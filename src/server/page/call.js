// The conversation view: the turns, the dial pad or the chat, the place in the flow, the live
// trace, and the way back to an earlier question.
const { showInstance, showForm, pressKey } = (() => {
  const PAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
  const INKS = ["plain", "speech", "caller", "way", "note", "error"];
  // The displayed conversation, and the keys that are entered but not sent.
  let shown = null;
  let entered = "";
  let isBusy = false;
  // The words of a call, and those of a conversation of messages.
  const CALL = { say: "Say something", send: "Say", silence: "Stay silent", leave: "Hang up" };
  const CHAT = { say: "Write a message", send: "Send", silence: "Do not answer", leave: "Leave" };
  const isWritten = ({ media }) => ["chat", "message", "email"].includes(media);

  const place = (selector) => byId("conversation").querySelector(selector);

  // --- Parts of the view ----------------------------------------------------------

  function showInstance(instance, now) {
    const isOther = shown?.id !== instance.id || !place(".phone");
    if (isOther) open(instance);
    const asked = JSON.stringify(instance.question?.node) + instance.turns.length;
    const isNew = isOther || asked !== shown.asked;
    if (isNew) entered = "";
    shown = { ...instance, asked };
    if (isNew) saveAsTest();
    place("h2").textContent = instance.flowName ?? instance.flowId;
    showFacts(instance, now);
    showTurns(instance);
    showQuestion(instance);
    showTrace(instance, isOther);
    showInputs(instance);
    showTables(instance);
    showDrawing(place(".where"), instance.place, () => shown?.id === instance.id && place(".where")).catch(problem);
    return isOther;
  }

  function open(instance) {
    byId("conversation").replaceChildren(byId("instance").content.cloneNode(true));
    for (const key of PAD) {
      const button = element("button", "", key);
      button.type = "button";
      button.setAttribute("aria-label", { "*": "star", "#": "pound" }[key] ?? key);
      button.addEventListener("click", () => press(key));
      place(".pad").append(button);
    }
    const words = isWritten(instance) ? CHAT : CALL;
    place(".call").classList.toggle("written", isWritten(instance));
    place(".phone").setAttribute("aria-label", isWritten(instance) ? "Chat" : "Phone");
    place(".say input").placeholder = `${words.say}…`;
    place(".say input").setAttribute("aria-label", words.say);
    [place(".say button").textContent, place(".silence").textContent, place(".hang-up").textContent] = [words.send, words.silence, words.leave];
    place(".test").addEventListener("toggle", saveAsTest);
    place(".copy").addEventListener("click", copyTest);
    place(".attribute").addEventListener("submit", setAttribute);
    place(".erase").addEventListener("click", () => { entered = entered.slice(0, -1); showEntered(); });
    place(".enter").addEventListener("click", send);
    place(".silence").addEventListener("click", () => give(null));
    place(".hang-up").addEventListener("click", () => act(() => post(`instances/${shown.id}/disconnect`)));
    place(".say").addEventListener("submit", (event) => {
      event.preventDefault();
      const words = place(".say input").value.trim();
      place(".say input").value = "";
      if (words) give(isWritten(shown) && isKeys(words) ? words : `say:${words}`);
    });
  }

  // A node that listens for keys gets a message of keys as keys, in a chat as well.
  const isKeys = (words) => shown.question?.maxDigits > 0 && !shown.question.isMessage && /^[0-9*#]+$/.test(words);

  function showFacts(instance, now) {
    const isOver = instance.state === "over";
    const pill = element("span", `pill ${isOver ? outcomeOf(instance) : "skipped"}`, isOver ? instance.status : "waiting");
    const facts = [pill, element("span", "", `version ${instance.flowVersion}`), element("span", "", instance.media),
      element("span", "", "started ", moment(instance.startedAt, now))];
    if (instance.name) facts.push(element("span", "", instance.name));
    if (instance.branchOf) {
      const from = element("a", "", `branch at answer ${instance.branchOf.question + 1} of another call`);
      from.href = `#instance-${instance.branchOf.id}`;
      facts.push(from);
    }
    const link = element("a", "", isOver ? "Document as JSON" : "As JSON");
    link.href = instance.documentUri ?? instance.selfUri;
    facts.push(link);
    const key = JSON.stringify([instance.state, instance.status, instance.startedAt, now.slice(0, 10)]);
    if (place(".facts").dataset.key === key) return;
    place(".facts").dataset.key = key;
    keepFocus(place(".facts"), () => place(".facts").replaceChildren(...facts));
  }

  const outcomeOf = (instance) => (instance.status === "completed" ? "passed" : "failed");

  function showTurns(instance) {
    const turns = instance.turnsOmitted
      ? [{ kind: "ended", text: `${count(instance.turnsOmitted, "earlier turn")} omitted` }, ...instance.turns]
      : instance.turns;
    let last = -1;
    const timed = turns.map((turn) => {
      const time = turn.timeMs ?? -1;
      const isNew = time >= 0 && time !== last;
      if (time >= 0) last = time;
      return { ...turn, timeMs: isNew ? time : -1 };
    });
    const isNew = update(place(".chat"), timed, ({ kind, text, timeMs }) => {
      const turn = turnOf(kind, text);
      if (timeMs >= 0) turn.prepend(clock(timeMs));
      return turn;
    });
    if (isNew) place(".talk").scrollTop = place(".talk").scrollHeight;
    place(".chat").classList.toggle("silent", timed.length === 0);
  }

  // Shows the open question, or how the call ended.
  function showQuestion({ question, asking, state, status, reason, queue, elapsedMs, isDisconnected, flowId }) {
    // Keeps the keyboard focus in the conversation when the dial pad disappears.
    if (!question && place(".keys").contains(document.activeElement)) byId("conversation").focus();
    place(".keys").hidden = !question;
    const key = JSON.stringify([question?.node, question?.choices, question?.maxDigits, state, status, shown.asked, asking]);
    const outcome = place(".outcome");
    if (outcome.dataset.key !== key) {
      outcome.dataset.key = key;
      outcome.replaceChildren();
      outcome.className = `outcome ${state === "over" ? outcomeOf({ status }) : ""}`;
      if (state === "over") {
        const end = [`Call ended: ${status} after ${seconds(elapsedMs)}.`];
        if (isDisconnected) end.push("The caller hung up.");
        if (queue) end.push(`Routed to ${queue}.`);
        const again = element("a", "button", "Call again");
        again.href = `#call=${encodeURIComponent(flowId)}`;
        outcome.append(element("b", "", end.join(" ")), ...(reason ? [element("span", "", reason)] : []), again);
      }
      if (asking) outcome.append(element("span", "", `${asking.node} is calling its webhook${asking.input ? ` with the keys ${asking.input}` : ""}.`));
      if (question) showChoices(question);
    }
    if (question) place(".asked").textContent = waitsFor(question);
    showEntered();
  }

  function waitsFor({ node, maxDigits, minDigits, timeoutMs, terminatingKey, openForMs, isMessage }) {
    if (isMessage) return `${node} handles the next message of the conversation.`;
    const range = minDigits < maxDigits ? `${minDigits} to ${maxDigits} keys` : count(maxDigits, "key");
    const end = maxDigits > 1 && terminatingKey ? `, ended by ${terminatingKey}` : "";
    const open = openForMs > 0 ? `, open for ${seconds(openForMs)}` : "";
    return `${node} waits ${seconds(timeoutMs)} for ${range}${end}${open}.`;
  }

  function showChoices({ choices }) {
    const buttons = choices.map(({ key, name }) => {
      const button = element("button", "", ...(key ? [element("kbd", "", key), " "] : []), name);
      button.type = "button";
      button.addEventListener("click", () => give(key ?? `say:${name}`));
      return button;
    });
    keepFocus(place(".choices"), () => place(".choices").replaceChildren(...buttons));
  }

  function showEntered() {
    const isLong = (shown?.question?.maxDigits ?? 0) > 1 && !isWritten(shown);
    place(".entered").hidden = !isLong;
    place(".entered output").textContent = entered;
    place(".erase").disabled = place(".enter").disabled = entered === "";
  }

  function showTrace(instance, isOther) {
    place(".before").hidden = !instance.linesOmitted;
    place(".before").textContent = `${count(instance.linesOmitted, "earlier line")} omitted`;
    const [lines, trace] = [place(".lines"), place(".trace")];
    lines.classList.toggle("fresh", !isOther);
    // The trace follows the call unless the user has scrolled up.
    const isAtEnd = isOther || trace.scrollTop + trace.clientHeight >= trace.scrollHeight - 40;
    const isNew = update(lines, instance.lines, ({ level, label, name, type, timeMs, tookMs, pieces }) => lineOf({
      level, label, name, type, time: timeMs ?? -1, took: tookMs,
      pieces: pieces.map(([about, text]) => [INKS.indexOf(about), text]),
    }));
    if (isNew && isAtEnd) trace.scrollTop = trace.scrollHeight;
    lines.classList.toggle("live", instance.state !== "over");
  }

  // Shows the answers of the caller. Each can be given differently, in a new call.
  function showInputs({ inputs }) {
    place(".past").hidden = inputs.length === 0;
    place(".past summary").textContent = `Answers so far (${inputs.length})`;
    update(place(".inputs"), inputs, ({ question, node, input }) => {
      const back = element("button", "", "Go back here");
      back.type = "button";
      back.setAttribute("aria-label", `Go back here: question ${question + 1}, ${node}`);
      back.addEventListener("click", () => branch(question));
      return element("li", "", element("span", "", `${node}: `, element("b", "", input ?? "nothing")), back);
    });
  }

  async function branch(question) {
    try {
      const made = await post(`instances/${shown.id}/branches`, { question });
      location.hash = `instance-${made.id}`;
      byId("conversation").focus();
    } catch (error) {
      place(".wrong").textContent = error.message;
    }
  }

  function showTables(instance) {
    const values = Object.entries(instance.variables);
    showValues(".attributes", "Participant data", Object.entries(instance.participantData), removeAttribute);
    showValues(".variables", `Variables ${instance.state === "over" ? "at the end" : "now"}`, values);
    // An execution has no participant.
    place(".attributes").hidden = instance.origin === "execution";
    place(".variables").hidden = values.length === 0;
  }

  function showValues(selector, title, values, remove) {
    place(`${selector} summary`).textContent = `${title} (${values.length})`;
    update(place(`${selector} tbody`), values, ([name, value]) => {
      const head = element("th", "", name);
      head.scope = "row";
      const row = element("tr", "", head, element("td", "value", JSON.stringify(value)));
      if (remove) {
        const button = element("button", "", "×");
        button.type = "button";
        button.setAttribute("aria-label", `Remove ${name}`);
        button.addEventListener("click", () => remove(name));
        row.append(element("td", "remove", button));
      }
      return row;
    });
  }

  function setAttribute(event) {
    event.preventDefault();
    const [name, value] = [place(".attribute .name"), place(".attribute .value")];
    if (!name.value.trim()) return name.focus();
    writeAttributes({ [name.value.trim()]: value.value }).then((isWritten) => {
      if (!isWritten) return;
      name.value = value.value = "";
      name.focus();
    });
  }

  function removeAttribute(name) {
    writeAttributes({ [name]: null });
  }

  async function writeAttributes(values) {
    const { id, startedAt } = shown;
    try {
      const instance = await ask(`instances/${id}/participantData`, "PATCH", values);
      if (shown?.id !== id || !place(".phone")) return false;
      place(".attributes .wrong").textContent = "";
      showInstance(instance, startedAt);
      return true;
    } catch (error) {
      if (place(".attributes .wrong")) place(".attributes .wrong").textContent = error.message;
      return false;
    }
  }

  // Requests the call as a scenario file when the section is opened.
  async function saveAsTest() {
    if (!place(".test").open) return;
    const { scenario } = await ask(`instances/${shown.id}/scenario`).catch((error) => ({ scenario: `# ${error.message}` }));
    if (!place(".scenario")) return;
    place(".scenario").value = scenario;
    URL.revokeObjectURL(place(".download").href);
    place(".download").href = URL.createObjectURL(new Blob([scenario], { type: "text/yaml" }));
  }

  async function copyTest() {
    place(".scenario").select();
    try {
      await navigator.clipboard.writeText(place(".scenario").value);
      place(".copied").textContent = "Copied.";
    } catch {
      place(".copied").textContent = "Press Ctrl+C to copy the selected text.";
    }
  }

  // --- Input of the caller --------------------------------------------------------

  // A single key is sent immediately. Several keys are sent together: when the maximum is
  // reached, at the terminating key, or with the send button.
  function press(key) {
    const question = shown?.question;
    if (!question || isBusy) return;
    const isEnd = key === question.terminatingKey;
    if (question.maxDigits <= 1) return give(key);
    entered += key;
    if (isEnd || entered.length >= question.maxDigits) return send();
    showEntered();
  }

  function send() {
    const keys = entered;
    entered = "";
    showEntered();
    if (keys) give(keys);
  }

  // Handles a key of the keyboard. Returns whether the dial pad used it.
  function pressKey(key) {
    if (!shown?.question || !place(".keys")) return false;
    if (PAD.includes(key)) press(key);
    else if (key === "Backspace") { entered = entered.slice(0, -1); showEntered(); }
    else if (key === "Enter" && entered) send();
    else return false;
    return true;
  }

  const give = (input) => act(async () => {
    await post("input", { conversationId: shown.id, dtmf: [input] });
    return ask(`instances/${shown.id}`);
  });

  async function act(action) {
    if (isBusy) return;
    isBusy = true;
    const { id, startedAt } = shown;
    try {
      const instance = await action();
      if (shown?.id === id && place(".phone")) {
        place(".wrong").textContent = "";
        showInstance(instance, startedAt);
      }
    } catch (error) {
      if (place(".wrong")) place(".wrong").textContent = error.message;
    } finally {
      isBusy = false;
    }
  }

  // --- A new call -----------------------------------------------------------------

  // The values of the last call, for calling again.
  const last = { flowId: "", from: "", to: "", media: "voice", message: "", variables: [] };
  const FIELDS = ["from", "to", "media", "message"];
  let flows = [];

  function showMessage() {
    const isThere = isWritten({ media: byId("dial-media").value });
    byId("dial-message").hidden = byId("dial-message-label").hidden = !isThere;
  }

  async function showForm(wanted) {
    const flowId = wanted || last.flowId;
    shown = null;
    byId("conversation").replaceChildren(byId("call-form").content.cloneNode(true));
    for (const name of FIELDS) byId(`dial-${name}`).value = last[name];
    byId("dial-media").addEventListener("change", showMessage);
    showMessage();
    // The variables belong to one flow only.
    if (flowId === last.flowId) for (const [name, value] of last.variables) addVariable(name, value);
    byId("dial-add").addEventListener("click", () => addVariable("", "").focus());
    byId("dial-flow").addEventListener("change", nameVariables);
    byId("dial-q").addEventListener("input", () => fillFlows(byId("dial-q").value, ""));
    byId("dial").addEventListener("submit", (event) => { event.preventDefault(); dial(); });
    await fillFlows("", flowId);
    byId("dial-flow")?.focus();
  }

  async function fillFlows(text, flowId) {
    const query = new URLSearchParams({ pageSize: 100, q: text });
    const found = await ask(`flows?${query}`).catch((error) => ({ error }));
    const select = byId("dial-flow");
    if (!select || (byId("dial-q").value !== text)) return;
    if (found.error) { byId("dial-wrong").textContent = found.error.message; return; }
    flows = found.entities;
    if (flowId && !flows.some((flow) => flow.id === flowId)) {
      const one = await ask(`flows?${new URLSearchParams({ q: flowId })}`).catch(() => ({ entities: [] }));
      flows = [...one.entities, ...flows];
    }
    select.replaceChildren(...flows.map((flow) => {
      const option = new Option(`${flow.name} · ${flow.type}${flow.canRun ? "" : " · not published"}`, flow.id);
      option.disabled = !flow.canRun;
      return option;
    }));
    select.value = flows.some((flow) => flow.id === flowId && flow.canRun) ? flowId : (flows.find((flow) => flow.canRun)?.id ?? "");
    if (found.total > found.entities.length) byId("dial-q").hidden = false;
    byId("dial-wrong").textContent = flows.length ? "" : "No matching flow.";
    nameVariables();
  }

  const chosenFlow = () => flows.find((flow) => flow.id === byId("dial-flow").value);

  function nameVariables() {
    const names = chosenFlow()?.variables ?? [];
    byId("dial-names").replaceChildren(...names.map(({ name, type }) => new Option(type ?? "", name)));
  }

  function addVariable(name, value) {
    const box = (label, text) => {
      const input = element("input");
      input.value = text;
      input.autocomplete = "off";
      input.placeholder = label;
      input.setAttribute("aria-label", label);
      return input;
    };
    const first = box("Name", name);
    first.setAttribute("list", "dial-names");
    const remove = element("button", "", "×");
    remove.type = "button";
    remove.setAttribute("aria-label", "Remove this variable");
    const row = element("div", "variable", first, box("Value", value), remove);
    remove.addEventListener("click", () => { row.remove(); byId("dial-add").focus(); });
    byId("dial-variables").append(row);
    return first;
  }

  // Parses a value as JSON if possible, unless the variable is a string.
  function valueOf(name, text) {
    const known = chosenFlow()?.variables.find((variable) => variable.name === name);
    if (known?.type === "String") return text;
    try { return JSON.parse(text); } catch { return text; }
  }

  async function dial() {
    for (const name of FIELDS) last[name] = byId(`dial-${name}`).value;
    last.variables = [...byId("dial-variables").children].map((row) =>
      [...row.querySelectorAll("input")].map((input) => input.value.trim())).filter(([name]) => name);
    const variables = Object.fromEntries(last.variables.map(([name, text]) => [name, valueOf(name, text)]));
    last.flowId = byId("dial-flow").value;
    const { flowId, from, to, media, message } = last;
    const context = isWritten(last) && message ? { message } : {};
    try {
      const called = await post("instances", { flowId, from, to, media, variables, context });
      location.hash = `instance-${called.id}`;
    } catch (error) {
      if (byId("dial-wrong")) byId("dial-wrong").textContent = error.message;
    }
  }

  return { showInstance, showForm, pressKey };
})();

// The drawing of the flow that a call is in. The server lays it out; this file shows the place
// of the call in it.
const { showDrawing } = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  // The drawings of the flow that is shown, and the part that the user has chosen.
  let flow = null;
  let wanted = "";
  let chosen = null;

  function shape(name, attributes, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // Shows the place of a call. A flow is requested once for each version.
  async function showDrawing(box, place, isCurrent) {
    box.hidden = !place;
    if (!place) return;
    const key = `${place.flowId}?${place.version ? `version=${place.version}` : ""}`;
    if (wanted !== key) {
      [wanted, flow, chosen] = [key, null, null];
      const [id, query] = key.split("?");
      const found = await ask(`flows/${encodeURIComponent(id)}/drawing?${query}`).catch(() => null);
      // Meanwhile another call may have been opened.
      if (wanted !== key) return;
      flow = found;
    }
    if (flow && isCurrent()) render(box, place);
  }

  function render(box, place) {
    const isAt = (drawing) => drawing.boxes.some(({ node }) => node === place.node);
    const at = Math.max(flow.drawings.findIndex(isAt), 0);
    const part = chosen ?? at;
    const key = JSON.stringify([wanted, part, chosen, place]);
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    box.querySelector(".flow-name").textContent = flow.name;
    showParts(box, place, at);
    const drawing = flow.drawings[part];
    const canvas = box.querySelector(".canvas");
    canvas.setAttribute("aria-label", `Drawing of ${drawing?.title ?? flow.name}`);
    if (!drawing || drawing.isList) {
      const text = drawing ? `Too many nodes to draw (${drawing.count}).` : "The flow has no nodes.";
      return canvas.replaceChildren(element("p", "note", text));
    }
    canvas.replaceChildren(picture(drawing, place));
    follow(canvas, drawing, place);
  }

  // Architect flows have a drawing for each task, menu or state.
  function showParts(box, place, at) {
    const parts = flow.drawings.length > 1
      ? [["", "Follow the call"], ...flow.drawings.map(({ title }, index) => [String(index), title ?? flow.name])] : [];
    chips(box.querySelector(".parts"), parts, chosen === null ? "" : String(chosen), (part) => {
      chosen = part === "" ? null : Number(part);
      render(box, place);
    });
    box.querySelector(".parts").hidden = parts.length === 0;
    box.querySelector(".at").textContent = `At ${place.node}${chosen !== null && chosen !== at ? `, in ${flow.drawings[at].title}` : ""}`;
  }

  function picture(drawing, place) {
    const ways = (one) => drawing.arrows.filter(({ from, to }) => from === one.from && to === one.to);
    // Of several arrows between two nodes, that of an error is taken only after an error.
    const isTaken = (one) => place.arrows.some(([from, to, isError]) => from === one.from && to === one.to
      && (ways(one).length < 2 || isError === (one.label === "error")));
    const markOf = (one) => (one.from !== null && isTaken(one) ? "seen" : "plain");
    const tip = (mark) => shape("marker", { id: `tip-${mark}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
      markerUnits: "userSpaceOnUse", orient: "auto" }, shape("path", { class: `tip ${mark}`, d: "M0 0L8 4L0 8Z" }));
    const arrows = drawing.arrows.map((arrow) => shape("path", { class: `way ${markOf(arrow)}`, d: arrow.path,
      "marker-end": `url(#tip-${markOf(arrow)})` }, shape("title", {}, arrow.title)));
    const labels = drawing.arrows.filter(({ label }) => label).map(({ label, x, y }) =>
      shape("text", { class: "label", "text-anchor": "middle", x, y: y + 4 }, label));
    const { width, height } = drawing;
    return shape("svg", { class: "drawing", role: "img", "aria-label": inWords(drawing, place), viewBox: `0 0 ${width} ${height}`, width, height },
      shape("defs", {}, tip("seen"), tip("plain")), ...arrows, ...drawing.boxes.map((one) => boxOf(one, place)), ...labels);
  }

  function inWords({ boxes }, { node, nodes }) {
    const seen = boxes.filter((one) => nodes[one.node]);
    const now = boxes.find((one) => one.node === node);
    return `${count(boxes.length, "node")}, ${seen.length} reached${now ? `, now at ${now.name}` : ""}`;
  }

  function boxOf({ x, y, width, height, name, kind, jump, title, node, isStart }, place) {
    const times = place.nodes[node] ?? 0;
    const mark = node !== null && node === place.node ? "now" : times ? "seen" : "";
    const texts = [shape("text", { class: "title", x: x + 12, y: y + 19 }, name), shape("text", { class: "kind", x: x + 12, y: y + 34 }, kind)];
    if (jump) texts.push(shape("text", { class: "kind", x: x + 12, y: y + 51 }, jump));
    if (times > 1) texts.push(shape("text", { class: "count", "text-anchor": "end", x: x + width - 10, y: y + 34 }, `${times}×`));
    const rect = shape("rect", { class: `box ${mark}`, x, y, width, height, rx: isStart ? 16 : 6 });
    return shape("g", mark === "now" ? { "data-now": "" } : {}, shape("title", {}, title), rect, ...texts);
  }

  // Scrolls the current node to the middle.
  function follow(canvas, { boxes }, { node }) {
    const now = boxes.find((one) => one.node === node);
    if (!now) return;
    canvas.scrollTop = now.y + now.height / 2 - canvas.clientHeight / 2;
    canvas.scrollLeft = now.x + now.width / 2 - canvas.clientWidth / 2;
  }

  return { showDrawing };
})();

// Runs of `flowsim test`: the events of a process, one JSON object a line.

const { spawn } = require("node:child_process");
const { createInterface } = require("node:readline");

/**
 * Runs `flowsim test` in a folder, and gives each event to `take`.
 * Resolves to the exit code and the messages; `signal` ends the process.
 */
function run(program, folder, args, take, signal) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["test", "--format", "json", ...args], { cwd: folder, signal });
    let messages = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (messages += text));
    const lines = createInterface({ input: child.stdout });
    const read = new Promise((done) => lines.on("close", done));
    lines.on("line", (line) => {
      const event = parsed(line);
      if (event) take(event);
    });
    child.on("error", (error) => (signal?.aborted ? resolve({ code: null, messages }) : reject(error)));
    child.on("close", async (code) => {
      await read;
      resolve({ code, messages });
    });
  });
}

/** An event, or nothing for a line that is none. */
function parsed(line) {
  try {
    const event = JSON.parse(line);
    return event?.schema === "flowsim.run/1" ? event : undefined;
  } catch {
    return undefined;
  }
}

/** The id of a test, as an argument of `flowsim test`: its file, line and row. */
function selector({ file, line, row }) {
  return row ? `${file}:${line}:${row}` : `${file}:${line}`;
}

/** The tests of a list, by file, with the rows of a table below their test. */
function tree(events) {
  const files = new Map();
  for (const event of events.filter((it) => it.event === "listed")) {
    const tests = files.get(event.file) ?? new Map();
    files.set(event.file, tests);
    const own = selector(event);
    if (!event.row) {
      tests.set(own, { id: own, label: event.title, line: event.line, rows: [] });
      continue;
    }
    const table = selector({ ...event, row: null });
    const parent = tests.get(table) ?? { id: table, label: `line ${event.line}`, line: event.line, rows: [] };
    parent.rows.push({ id: own, label: event.title, line: event.line, rows: [] });
    tests.set(table, parent);
  }
  return [...files].map(([file, tests]) => ({ file, tests: [...tests.values()] }));
}

/** The failures of a finished test: a message with the line of its expectation. */
function failures(event) {
  const found = (event.mismatches ?? []).map((it) => ({
    message: [it.message, ...(it.cause ?? [])].join("\n"),
    line: it.line,
    expected: shown(it.expected),
    found: shown(it.found),
  }));
  if (found.length > 0) return found;
  const reasons = (event.diagnostics ?? []).map((it) => it.message).filter(Boolean);
  const message = event.reason ?? event.explanation ?? reasons.join("\n");
  return [{ message: message || event.outcome, line: event.line }];
}

function shown(value) {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.join("\n");
  return typeof value === "string" ? value : JSON.stringify(value);
}

module.exports = { failures, parsed, run, selector, tree };

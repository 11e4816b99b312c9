const assert = require("node:assert");
const { chmodSync, mkdtempSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const test = require("node:test");
const { failures, parsed, run, selector, tree } = require("../src/run");

/** A program that prints its arguments as an event, then the given lines. */
function printing(lines, code = 0) {
  const path = join(mkdtempSync(join(tmpdir(), "flowsim-test-")), "flowsim");
  const script = `#!${process.execPath}
console.log(JSON.stringify({schema: "flowsim.run/1", event: "args", args: process.argv.slice(2)}));
for (const line of ${JSON.stringify(lines)}) console.log(line);
console.error("a message");
process.exitCode = ${code};`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

const event = (fields) => ({ schema: "flowsim.run/1", ...fields });

test("events are read line by line, and other lines are left out", async () => {
  const events = [];
  const finished = event({ event: "finished", file: "a.test.yaml", line: 3 });
  const program = printing(["not JSON", "{}", JSON.stringify(finished)], 1);
  const ended = await run(program, ".", ["--", "a.test.yaml:3"], (it) => events.push(it));
  assert.deepStrictEqual(ended, { code: 1, messages: "a message\n" });
  assert.deepStrictEqual(events[0].args, ["test", "--format", "json", "--", "a.test.yaml:3"]);
  assert.deepStrictEqual(events.slice(1), [finished]);
});

test("a program that does not start is an error, and a cancelled run is not", async () => {
  await assert.rejects(run("/no such program", ".", [], () => {}), /ENOENT/);
  const abort = new AbortController();
  abort.abort();
  const ended = await run(printing([]), ".", [], () => {}, abort.signal);
  assert.strictEqual(ended.code, null);
});

test("rows of a table are below their test", () => {
  const listed = (line, row, title) => event({ event: "listed", file: "a.test.yaml", line, row, title });
  const events = [event({ event: "started" }), listed(3, null, "one"), listed(9, 1, "key 1"), listed(9, 2, "key 2")];
  const [file] = tree(events);
  assert.strictEqual(file.file, "a.test.yaml");
  assert.deepStrictEqual(file.tests.map((it) => it.id), ["a.test.yaml:3", "a.test.yaml:9"]);
  assert.deepStrictEqual(file.tests[1].rows.map((it) => [it.id, it.label]), [
    ["a.test.yaml:9:1", "key 1"],
    ["a.test.yaml:9:2", "key 2"],
  ]);
  assert.strictEqual(selector({ file: "C:\\a.test.yaml", line: 3, row: null }), "C:\\a.test.yaml:3");
});

test("a failure has the line of its expectation, and what was expected and found", () => {
  const mismatch = {
    line: 6, message: "expected the status error, found completed",
    expected: "error", found: "completed", cause: ["step 6 took condition 1"],
  };
  const [failure] = failures(event({ line: 3, mismatches: [mismatch] }));
  assert.deepStrictEqual(failure, {
    message: "expected the status error, found completed\nstep 6 took condition 1",
    line: 6, expected: "error", found: "completed",
  });
  const [lines] = failures(event({ mismatches: [{ line: 1, message: "a", found: ["x", "y"] }] }));
  assert.deepStrictEqual([lines.expected, lines.found], [undefined, "x\ny"]);
  const [broken] = failures(event({ line: 3, outcome: "failed", mismatches: [], reason: "no flow" }));
  assert.deepStrictEqual(broken, { message: "no flow", line: 3 });
});

test("only lines of the format are events", () => {
  assert.strictEqual(parsed('{"schema":"other/1"}'), undefined);
  assert.strictEqual(parsed("null"), undefined);
});

const assert = require("node:assert");
const { mkdtempSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const test = require("node:test");
const { install } = require("./fake");

const editor = (path, languageId = "yaml") => ({ document: { uri: { fsPath: path }, languageId } });

test("the program of a workspace is used only if the workspace is trusted", () => {
  const settings = { path: "./evil", "global path": "/usr/bin/flowsim", fixtures: ["a.yaml"] };
  const vscode = install({ settings });
  const { program, server } = require("../src/settings");
  const given = vscode.workspace.getConfiguration();
  assert.strictEqual(program(given, true), "./evil");
  assert.strictEqual(program(given, false), "/usr/bin/flowsim");
  const { run, options } = server(given, true);
  assert.deepStrictEqual(run.run, { command: "./evil", args: ["lsp"] });
  assert.deepStrictEqual(options.initializationOptions, { debug: true, fixtures: ["a.yaml"] });
});

test("the adapter of the debugger is `flowsim dap`", () => {
  install({ settings: { path: "/opt/flowsim" } });
  const { adapters } = require("../src/debug");
  const made = adapters.createDebugAdapterDescriptor({ workspaceFolder: { uri: { fsPath: "/flows" } } });
  assert.deepStrictEqual({ ...made }, { command: "/opt/flowsim", args: ["dap"], options: { cwd: "/flows" } });
});

test("without a configuration the call is that of the open file", async () => {
  install({ editor: editor("/flows/main.yaml"), settings: { fixtures: ["org.yaml"] } });
  const { configurations } = require("../src/debug");
  assert.deepStrictEqual(await configurations.resolveDebugConfiguration(undefined, {}), {
    type: "flowsim", request: "launch", name: "flowsim", flow: "/flows/main.yaml", fixtures: ["org.yaml"],
  });
});

test("a test is debugged by its name, and configurations keep what they name", async () => {
  install({ editor: editor("/flows/main.yaml") });
  const { configurations } = require("../src/debug");
  const given = { name: "Mine", test: "/a.test.yaml", testName: "key 1" };
  const resolved = await configurations.resolveDebugConfiguration(undefined, given);
  assert.deepStrictEqual([resolved.name, resolved.test, resolved.flow], ["key 1", "/a.test.yaml", undefined]);
});

test("a file that is not a flow starts no debugger", async () => {
  install({ editor: editor("/a.py", "python") });
  const { configurations } = require("../src/debug");
  assert.strictEqual(await configurations.resolveDebugConfiguration(undefined, {}), undefined);
});

test("the code lens starts the debugger with the call of the server", async () => {
  const vscode = install();
  await require("../src/debug").start({ test: "/a.test.yaml", name: "key 1" });
  assert.deepStrictEqual(vscode.started, [
    { type: "flowsim", request: "launch", stopOnEntry: true, test: "/a.test.yaml", name: "key 1" },
  ]);
});

/** Runs with the real program, if the environment names it. */
const real = process.env.FLOWSIM_BINARY;
test("the explorer lists and runs the tests of a folder", { skip: !real && "FLOWSIM_BINARY is not set" }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowsim-test-"));
  const flow = { id: "a", name: "A", type: "inbound", draft: { startNode: "Hello", nodes: {
    Hello: { type: "Say", properties: { sayText: "Hello" }, onComplete: { nextNode: "End" } },
    End: { type: "End" },
  } } };
  writeFileSync(join(folder, "a.json"), JSON.stringify(flow));
  writeFileSync(join(folder, "a.test.yaml"), `flows: a.json
tests:
  - name: passes
    expect: {status: completed}
  - name: fails
    expect: {status: error}
  - name: row \${n}
    each: [{n: 1}, {n: 2}]
    expect: {prompts: ["Hello"]}
`);
  const vscode = install({ settings: { path: real }, folders: [folder] });
  const { Tests } = require("../src/tests");
  const tests = new Tests();
  await tests.refresh();
  const labels = [];
  tests.controller.items.forEach((file) => file.children.forEach((it) => labels.push([it.label, it.children.size])));
  assert.deepStrictEqual(labels, [["passes", 0], ["fails", 0], ["line 7", 2]]);
  const token = { onCancellationRequested() {} };
  await vscode.profiles[0].handler({}, token);
  const outcome = (id) => vscode.results.filter(([kind, it]) => it === `a.test.yaml:${id}` && kind !== "enqueued");
  assert.strictEqual(outcome("3")[0][0], "passed");
  assert.strictEqual(outcome("7:2")[0][0], "passed");
  const [kind, , [message]] = outcome("5")[0];
  assert.strictEqual(kind, "failed");
  assert.deepStrictEqual([message.expected, message.actual, message.location.position.line], ["error", "completed", 5]);
  tests.dispose();
});

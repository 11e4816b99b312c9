// The test explorer: scenario files, listed and run by `flowsim test`.

const path = require("node:path");
const vscode = require("vscode");
const { failures, run, selector, tree } = require("./run");
const { program } = require("./settings");

/** Changes of files are gathered for this time, in milliseconds. */
const DELAY = 300;

class Tests {
  constructor() {
    this.controller = vscode.tests.createTestController("flowsim", "flowsim");
    this.controller.resolveHandler = () => this.refresh();
    this.controller.refreshHandler = () => this.refresh();
    const { Run, Debug } = vscode.TestRunProfileKind;
    const play = (request, token) => this.run(request, token);
    this.controller.createRunProfile("Run", Run, play, true);
    this.controller.createRunProfile("Debug", Debug, (request) => this.debug(request), true);
    this.watcher = vscode.workspace.createFileSystemWatcher("**/*.test.{yaml,yml,json}");
    const changed = () => this.later();
    for (const event of ["onDidCreate", "onDidChange", "onDidDelete"]) this.watcher[event](changed);
  }

  dispose() {
    clearTimeout(this.timer);
    this.watcher.dispose();
    this.controller.dispose();
  }

  /** Lists the tests again soon. */
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), DELAY);
  }

  folders() {
    return (vscode.workspace.workspaceFolders ?? []).filter((it) => it.uri.scheme === "file");
  }

  program() {
    return program(vscode.workspace.getConfiguration("flowsim"), vscode.workspace.isTrusted);
  }

  /** Lists the tests of all folders. */
  async refresh() {
    const items = [];
    for (const folder of this.folders()) {
      const events = [];
      const root = folder.uri.fsPath;
      const args = ["--list", "--no-tests", "pass"];
      try {
        await run(this.program(), root, args, (it) => events.push(it));
      } catch {
        continue; // The language server has reported that the program does not start.
      }
      for (const file of tree(events)) items.push(this.fileItem(root, file));
    }
    this.controller.items.replace(items);
  }

  fileItem(root, { file, tests }) {
    const uri = vscode.Uri.file(path.resolve(root, file));
    const item = this.controller.createTestItem(`${root}\0${file}`, file, uri);
    item.children.replace(tests.map((it) => this.testItem(root, uri, it)));
    return item;
  }

  testItem(root, uri, test) {
    const item = this.controller.createTestItem(`${root}\0${test.id}`, test.label, uri);
    item.range = new vscode.Range(test.line - 1, 0, test.line - 1, 0);
    item.children.replace(test.rows.map((it) => this.testItem(root, uri, it)));
    return item;
  }

  async run(request, token) {
    const run_ = this.controller.createTestRun(request);
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    for (const [root, items] of byFolder(this.controller, request)) {
      await this.runFolder(run_, root, items, abort.signal);
    }
    run_.end();
  }

  /** Runs items of a folder in one process. */
  async runFolder(run_, root, items, signal) {
    const leaves = new Map(items.flatMap(leavesOf).map((it) => [it.id, it]));
    leaves.forEach((it) => run_.enqueued(it));
    const take = (event) => {
      if (event.event !== "finished") return;
      const item = leaves.get(`${root}\0${selector(event)}`);
      if (!item) return;
      leaves.delete(item.id);
      report(run_, item, event);
    };
    const args = ["--", ...items.map((it) => it.id.split("\0")[1])];
    try {
      const { messages } = await run(this.program(), root, args, take, signal);
      const text = messages.trim();
      if (text) run_.appendOutput(`${text.replace(/\r?\n/g, "\r\n")}\r\n`);
      // A file that does not load has no events of its tests.
      const missing = new vscode.TestMessage(text || "flowsim did not run this test");
      if (!signal.aborted) leaves.forEach((it) => run_.errored(it, missing));
    } catch (error) {
      const message = new vscode.TestMessage(`cannot start flowsim: ${error.message}`);
      leaves.forEach((it) => run_.errored(it, message));
    }
  }

  /** Debugs the first requested test. */
  async debug(request) {
    const [item] = (request.include ?? []).flatMap(leavesOf);
    if (!item) return;
    const { start } = require("./debug");
    await start({ test: item.uri.fsPath, name: item.label });
  }
}

/** Gives the result of a test to VS Code. */
function report(run_, item, event) {
  const took = event.tookMs;
  if (event.outcome === "skipped") return run_.skipped(item);
  if (event.outcome === "passed" || event.outcome === "expectedFailure") {
    return run_.passed(item, took);
  }
  const messages = failures(event).map((it) => {
    const isDifference = it.expected !== undefined && it.found !== undefined;
    const message = isDifference
      ? vscode.TestMessage.diff(it.message, it.expected, it.found)
      : new vscode.TestMessage(it.message);
    message.location = new vscode.Location(item.uri, new vscode.Position(it.line - 1, 0));
    return message;
  });
  run_.failed(item, messages, took);
}

/** The requested items by the folder in which they run. */
function byFolder(controller, request) {
  const items = request.include ?? children(controller.items);
  const excluded = new Set((request.exclude ?? []).map((it) => it.id));
  const folders = new Map();
  for (const item of items.flatMap((it) => without(it, excluded))) {
    const [root] = item.id.split("\0");
    folders.set(root, [...(folders.get(root) ?? []), item]);
  }
  return folders;
}

/** The item, or the parts of it that are not excluded. */
function without(item, excluded) {
  if (excluded.has(item.id)) return [];
  const isExcluded = (it) => excluded.has(it.id) || children(it.children).some(isExcluded);
  const parts = children(item.children);
  return parts.some(isExcluded) ? parts.flatMap((it) => without(it, excluded)) : [item];
}

function leavesOf(item) {
  const parts = children(item.children);
  return parts.length === 0 ? [item] : parts.flatMap(leavesOf);
}

function children(collection) {
  const items = [];
  collection.forEach((it) => items.push(it));
  return items;
}

module.exports = { Tests };

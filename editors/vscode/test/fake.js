// A small stand-in for the API of VS Code, for tests of the extension in Node.

const Module = require("node:module");

/** A collection of test items. */
class Collection {
  #items = new Map();
  replace(items) {
    this.#items = new Map(items.map((it) => [it.id, it]));
  }
  forEach(visit) {
    this.#items.forEach((it) => visit(it));
  }
  get size() {
    return this.#items.size;
  }
}

/** Makes the API with these settings and workspace folders, and lets modules require it. */
function install({ settings = {}, folders = [], isTrusted = true, editor, extension = {} } = {}) {
  const profiles = [];
  const results = [];
  const note = (kind) => (item, ...rest) => results.push([kind, item?.id?.split("\0")[1] ?? item, ...rest]);
  const nothing = { dispose() {} };
  const vscode = {
    profiles,
    results,
    started: [],
    Uri: { file: (fsPath) => ({ fsPath, scheme: "file" }) },
    Range: class { constructor(...at) { this.at = at; } },
    Position: class { constructor(line, column) { Object.assign(this, { line, column }); } },
    Location: class { constructor(uri, position) { Object.assign(this, { uri, position }); } },
    TestMessage: class {
      constructor(message) { this.message = message; }
      static diff(message, expected, actual) {
        return Object.assign(new this(message), { expected, actual });
      }
    },
    TestRunProfileKind: { Run: 1, Debug: 2 },
    DebugAdapterExecutable: class {
      constructor(command, args, options) { Object.assign(this, { command, args, options }); }
    },
    tests: {
      createTestController: () => ({
        items: new Collection(),
        createTestItem: (id, label, uri) => ({ id, label, uri, children: new Collection() }),
        createRunProfile: (label, kind, handler) => profiles.push({ label, kind, handler }),
        createTestRun: () => ({
          enqueued: note("enqueued"), passed: note("passed"), failed: note("failed"),
          skipped: note("skipped"), errored: note("errored"), appendOutput: note("output"), end: note("end"),
        }),
        dispose() {},
      }),
    },
    workspace: {
      isTrusted,
      workspaceFolders: folders.map((path) => ({ uri: { fsPath: path, scheme: "file" } })),
      getConfiguration: () => ({
        get: (key) => settings[key],
        inspect: (key) => ({ defaultValue: key === "path" ? "flowsim" : undefined, globalValue: settings[`global ${key}`] }),
      }),
      getWorkspaceFolder: () => undefined,
      createFileSystemWatcher: () => ({ ...nothing, onDidCreate() {}, onDidChange() {}, onDidDelete() {} }),
    },
    window: { activeTextEditor: editor, showQuickPick: async (names) => names.at(-1) },
    debug: { startDebugging: async (folder, configuration) => vscode.started.push(configuration) },
    ...extension,
  };
  const load = Module._load;
  Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
  for (const path of Object.keys(require.cache)) if (path.includes("/src/")) delete require.cache[path];
  return vscode;
}

module.exports = { install };

// The debugger: `flowsim dap` is its adapter.

const { dirname } = require("node:path");
const vscode = require("vscode");
const { run } = require("./run");
const { program } = require("./settings");

/** Keys of a configuration that select a call. */
const CALLS = ["flow", "test", "recording", "exploration"];

const adapters = {
  createDebugAdapterDescriptor(session) {
    const settings = vscode.workspace.getConfiguration("flowsim");
    const options = { cwd: session.workspaceFolder?.uri.fsPath };
    const path = program(settings, vscode.workspace.isTrusted);
    return new vscode.DebugAdapterExecutable(path, ["dap"], options);
  },
};

const configurations = {
  /** Completes a configuration. Without one, the call is that of the open file. */
  async resolveDebugConfiguration(folder, given) {
    const file = vscode.window.activeTextEditor?.document;
    const isFlow = file && ["yaml", "json"].includes(file.languageId);
    const configuration = { request: "launch", type: "flowsim", ...given };
    configuration.name ||= "flowsim";
    if (!CALLS.some((key) => configuration[key])) {
      if (!isFlow) return undefined;
      configuration[isScenario(file.uri.fsPath) ? "test" : "flow"] = file.uri.fsPath;
    }
    // The debugger knows the test by `name`, which is also that of the configuration.
    if (configuration.testName) configuration.name = configuration.testName;
    else if (configuration.test && !given?.name) {
      const name = await choose(configuration.test);
      if (!name) return undefined;
      configuration.name = name;
    }
    const settings = vscode.workspace.getConfiguration("flowsim", folder?.uri);
    const fixtures = settings.get("fixtures") ?? [];
    if (configuration.flow && !configuration.fixtures && fixtures.length > 0) {
      configuration.fixtures = fixtures;
    }
    return configuration;
  },
};

/** Starts the debugger for a code lens: `{flow}`, or `{test, name}`. */
async function start(call) {
  const uri = vscode.Uri.file(call.flow ?? call.test);
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const name = call.name ?? "Call this flow";
  const configuration = { type: "flowsim", request: "launch", stopOnEntry: true, ...call, name };
  return vscode.debug.startDebugging(folder, configuration);
}

/** Lets the user choose a test of a scenario file. */
async function choose(file) {
  const settings = vscode.workspace.getConfiguration("flowsim");
  const names = [];
  const take = (event) => event.event === "listed" && names.push(event.title);
  const path = program(settings, vscode.workspace.isTrusted);
  await run(path, dirname(file), ["--list", "--", file], take).catch(() => {});
  return names.length > 1 ? vscode.window.showQuickPick(names, { title: "Test" }) : names[0];
}

function isScenario(path) {
  return /\.test\.(ya?ml|json)$/.test(path);
}

module.exports = { adapters, configurations, isScenario, start };

// The extension: starts the language server, and registers the debugger and the tests.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const debug = require("./debug");
const { program, server } = require("./settings");
const { Tests } = require("./tests");

/** The running language server, if there is one. */
let client;

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("flowsim.restart", restart),
    vscode.commands.registerCommand("flowsim.debug", debug.start),
    vscode.debug.registerDebugConfigurationProvider("flowsim", debug.configurations),
    vscode.debug.registerDebugAdapterDescriptorFactory("flowsim", debug.adapters),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("flowsim.path")) return restart();
    }),
    new Tests(),
  );
  await start();
}

async function start() {
  const settings = vscode.workspace.getConfiguration("flowsim");
  const { run, options } = server(settings, vscode.workspace.isTrusted);
  const watched = vscode.workspace.createFileSystemWatcher("**/*.{yaml,yml,json,toml}");
  options.synchronize = { fileEvents: watched };
  const next = new LanguageClient("flowsim", "flowsim", run, options);
  try {
    await next.start();
    client = next;
  } catch (error) {
    watched.dispose();
    await missing(program(settings, vscode.workspace.isTrusted), error);
  }
}

async function restart() {
  const previous = client;
  client = undefined;
  // A server that has crashed cannot be stopped again.
  await previous?.dispose().catch(() => {});
  await start();
}

/** Reports a server that does not start, with the setting to change. */
async function missing(path, error) {
  const settings = "Open Settings";
  const message = `flowsim: cannot start \`${path} lsp\`: ${error.message ?? error}`;
  const chosen = await vscode.window.showErrorMessage(message, settings);
  if (chosen === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "flowsim.path");
  }
}

async function deactivate() {
  await client?.dispose();
}

module.exports = { activate, deactivate };

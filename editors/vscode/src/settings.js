// Settings as arguments of flowsim.

/**
 * The program to start. A workspace that is not trusted cannot choose it.
 */
function program(settings, isTrusted) {
  if (isTrusted) return settings.get("path") || "flowsim";
  const { globalValue, defaultValue } = settings.inspect("path") ?? {};
  return globalValue || defaultValue || "flowsim";
}

/** The language server: how it is started, and the documents that it sees. */
function server(settings, isTrusted) {
  const run = { command: program(settings, isTrusted), args: ["lsp"] };
  const documents = [
    { scheme: "file", language: "yaml" },
    { scheme: "file", language: "json" },
  ];
  const fixtures = settings.get("fixtures") ?? [];
  return {
    run: { run, debug: run },
    options: { documentSelector: documents, initializationOptions: { debug: true, fixtures } },
  };
}

module.exports = { program, server };

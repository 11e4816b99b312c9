#!/usr/bin/env node
// Starts the flowsim program of the optional package for this platform. Arguments, standard
// streams, exit code and signals are passed through.
"use strict";

const { spawn } = require("node:child_process");
const manifest = require("../package.json");

const HOME = manifest.homepage.replace(/#.*/, "");
const PLATFORM = `${process.platform}-${process.arch}`;
const PACKAGE = `@flowsim/${PLATFORM}`;
const PROGRAM = process.platform === "win32" ? "bin/flowsim.exe" : "bin/flowsim";

// Exit code of flowsim for an external failure. 1 would look like a failed test.
const EXTERNAL_FAILURE = 5;

const program = find(PACKAGE);
if (program) {
  start(program);
} else if (isMusl()) {
  fail(musl());
} else if (!(PACKAGE in manifest.optionalDependencies)) {
  fail(unsupported());
} else {
  fail(missing());
}

function find(name) {
  try {
    return require.resolve(`${name}/${PROGRAM}`);
  } catch {
    return null;
  }
}

function start(program) {
  const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
  child.on("error", (error) => {
    fail(isMusl() ? musl() : `cannot start ${program}: ${error.message}`);
  });
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      // The signal is delivered in a later turn of the event loop.
      setTimeout(() => process.exit(EXTERNAL_FAILURE), 1000);
    } else {
      process.exit(code);
    }
  });
  // A terminal sends Ctrl-C to both processes, and to flowsim a second one means "stop at once".
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGINT", () => terminal || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
}

function isMusl() {
  if (process.platform !== "linux") {
    return false;
  }
  process.report.excludeNetwork = true;
  return !process.report.getReport().header.glibcVersionRuntime;
}

function musl() {
  return `this Linux uses musl, and the npm packages of flowsim need glibc.
Use an image with glibc, such as node:22-slim instead of node:22-alpine, or build
flowsim from source: cargo install --locked --git ${HOME} flowsim`;
}

function unsupported() {
  const names = Object.keys(manifest.optionalDependencies);
  const platforms = names.map((name) => name.replace("@flowsim/", "")).join(", ");
  return `npm has no flowsim for ${PLATFORM}, only for ${platforms}.
Build flowsim from source: cargo install --locked --git ${HOME} flowsim`;
}

function missing() {
  const others = Object.keys(manifest.optionalDependencies).filter((name) => {
    try {
      return require.resolve(`${name}/package.json`);
    } catch {
      return false;
    }
  });
  const copied = others.length
    ? `\nFound ${others.join(", ")}: node_modules was installed on another platform.`
    : "";
  return `the package ${PACKAGE} is not installed.${copied}
Possible causes:
- package-lock.json was written on another platform and lacks the package, because of a bug
  in npm: https://github.com/npm/cli/issues/4828, https://github.com/npm/cli/issues/8320.
  Delete node_modules and package-lock.json, and run npm install again.
- Optional packages are switched off: --omit=optional, --no-optional, or omit=optional
  in .npmrc. Install without that setting.
- node_modules was copied from another machine or into a container. Run npm ci there.
To add the package alone: npm install --no-save ${PACKAGE}@${manifest.version}`;
}

function fail(message) {
  console.error(`flowsim: ${message}`);
  process.exit(EXTERNAL_FAILURE);
}

// Packs the npm packages: one for each given binary, and `flowsim`, which depends on them.
//
//   node npm/pack.mjs [--complete] OUT PLATFORM=BINARY…
//   node npm/pack.mjs dist linux-x64=target/dist/flowsim
//
// The version is that of Cargo.toml. With --complete every platform needs a binary.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const LICENSES = ["LICENSE-APACHE", "LICENSE-MIT"];

const args = process.argv.slice(2);
const complete = args[0] === "--complete";
const [out, ...pairs] = complete ? args.slice(1) : args;
if (!out || pairs.length === 0) {
  fail("usage: node npm/pack.mjs [--complete] OUT PLATFORM=BINARY…");
}

const template = JSON.parse(fs.readFileSync(path.join(ROOT, "npm/flowsim/package.json"), "utf8"));
const version = versionOfCrate();
const platforms = Object.keys(template.optionalDependencies).map((name) =>
  name.replace("@flowsim/", ""),
);
const binaries = new Map(pairs.map(split));
for (const platform of complete ? platforms : []) {
  if (!binaries.has(platform)) {
    fail(`no binary for ${platform}`);
  }
}

const stage = fs.mkdtempSync(path.join(os.tmpdir(), "flowsim-npm-"));
try {
  fs.mkdirSync(out, { recursive: true });
  for (const [platform, binary] of binaries) {
    pack(platform, (folder) => writePlatform(folder, platform, binary));
  }
  pack("flowsim", writeMain);
} finally {
  fs.rmSync(stage, { recursive: true });
}

function versionOfCrate() {
  const manifest = fs.readFileSync(path.join(ROOT, "Cargo.toml"), "utf8");
  const found = /^version = "(.+)"$/m.exec(manifest);
  return found ? found[1] : fail("Cargo.toml has no version");
}

function split(pair) {
  const at = pair.indexOf("=");
  const platform = pair.slice(0, at);
  const binary = pair.slice(at + 1);
  if (!platforms.includes(platform)) {
    fail(`unknown platform in \`${pair}\`, expected one of ${platforms.join(", ")}`);
  }
  if (!fs.existsSync(binary)) {
    fail(`no such file: ${binary}`);
  }
  return [platform, binary];
}

function pack(name, write) {
  const folder = path.join(stage, name);
  fs.mkdirSync(path.join(folder, "bin"), { recursive: true });
  for (const license of LICENSES) {
    fs.copyFileSync(path.join(ROOT, license), path.join(folder, license));
  }
  write(folder);
  const npm = ["pack", folder, "--pack-destination", out, "--ignore-scripts", "--json"];
  const options = { encoding: "utf8", shell: process.platform === "win32" };
  const packed = JSON.parse(execFileSync("npm", npm, options));
  const [{ filename }] = Array.isArray(packed) ? packed : Object.values(packed);
  console.log(path.join(out, filename));
}

function writeMain(folder) {
  const dependencies = platforms.map((platform) => [`@flowsim/${platform}`, version]);
  const manifest = {
    ...template,
    version,
    optionalDependencies: Object.fromEntries(dependencies),
  };
  writeManifest(folder, manifest);
  for (const file of ["README.md", "bin/flowsim.js"]) {
    fs.copyFileSync(path.join(ROOT, "npm/flowsim", file), path.join(folder, file));
  }
  fs.chmodSync(path.join(folder, "bin/flowsim.js"), 0o755);
}

function writePlatform(folder, platform, binary) {
  const [system, cpu] = platform.split("-");
  const manifest = {
    name: `@flowsim/${platform}`,
    version,
    description: `The program of the package flowsim for ${platform}`,
    homepage: template.homepage,
    bugs: template.bugs,
    repository: { ...template.repository, directory: "npm" },
    license: template.license,
    files: ["bin", "LICENSE-*"],
    os: [system],
    cpu: [cpu],
    ...(system === "linux" ? { libc: ["glibc"] } : {}),
    preferUnplugged: true,
  };
  writeManifest(folder, manifest);
  const text = `# @flowsim/${platform}\n\nThe program of the package [flowsim](https://www.npmjs.com/package/flowsim) for ${platform}. Install \`flowsim\` instead.\n`;
  fs.writeFileSync(path.join(folder, "README.md"), text);
  const program = path.join(folder, "bin", system === "win32" ? "flowsim.exe" : "flowsim");
  fs.copyFileSync(binary, program);
  // A downloaded build artifact has lost its executable bit.
  fs.chmodSync(program, 0o755);
}

function writeManifest(folder, manifest) {
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function fail(message) {
  console.error(`pack.mjs: ${message}`);
  process.exit(1);
}

// Writes the extension as a .vsix file: the sources, what they need at run time, the page
// and the licences. Needs `vsce` (the package `@vscode/vsce`) on PATH or in VSCE.
//
//     node pack.mjs [FOLDER]

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const source = dirname(fileURLToPath(import.meta.url));
const repository = resolve(source, "../..");
const target = resolve(process.argv[2] ?? ".");
const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "flowsim-vsix-"));
try {
  for (const name of ["package.json", "package-lock.json", "README.md", ".vscodeignore", "src"]) {
    cpSync(join(source, name), join(folder, name), { recursive: true });
  }
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) {
    cpSync(join(repository, name), join(folder, name));
  }
  const own = join(source, "node_modules");
  if (existsSync(own)) cpSync(own, join(folder, "node_modules"), { recursive: true });
  const run = (command, ...args) => execFileSync(command, args, { cwd: folder, stdio: "inherit" });
  run("npm", existsSync(own) ? "prune" : "ci", "--omit=dev", "--no-audit", "--no-fund");
  const file = join(target, `flowsim-${version}.vsix`);
  run(process.env.VSCE ?? "vsce", "package", "--skip-license", "--out", file);
} finally {
  rmSync(folder, { recursive: true });
}

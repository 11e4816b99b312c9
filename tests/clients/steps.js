// Performs steps.json with the SDK for JavaScript, and compares what each answer contains.
// Then every other method of the same areas is answered by a stub. Prints a table of the areas;
// with FILE, checks that FILE contains the table.
//
// A step has the method, its arguments by name, the expected answer, and the values of the
// answer that later steps use as `{name}`. Objects may have more keys than expected, lists not
// more items; {"0": …} is the first item of a list. "?" is any value, and null an empty answer.
// "*" is an answer that one of the SDKs does not return: the next step reads what was written.
// A number is the status of a refusal. A step with a method and a path is sent without the SDK.
// FLOWSIM_STEPS is the folder of steps.json.
const fs = require("fs");
const path = require("path");
const sdk = require("purecloud-platform-client-v2");

const url = new URL(process.env.FLOWSIM_URL);
const client = sdk.ApiClient.instance;
client.setGateway({ host: url.hostname, protocol: "http", port: url.port });
const read = (name) => JSON.parse(fs.readFileSync(path.join(process.env.FLOWSIM_STEPS, name), "utf8"));
const kept = {};

function filled(value) {
  if (typeof value === "string") {
    return value.replace(/\{(\w+)\}/g, (whole, name) => {
      if (!(name in kept)) throw new Error(`no step keeps ${whole}`);
      return kept[name];
    });
  }
  if (Array.isArray(value)) return value.map(filled);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, filled(it)]));
  }
  return value;
}

const isEmpty = (it) => it === undefined || it === null || it === "" || (typeof it === "object" && Object.keys(it).length === 0);

// The first place where an answer differs from what is expected; undefined if there is none.
function difference(expected, found, place = "answer") {
  if (expected === "*") return undefined;
  if (expected === "?") return isEmpty(found) ? `${place} is empty` : undefined;
  if (expected === null) return isEmpty(found) ? undefined : `${place} is not empty`;
  if (typeof expected !== "object") return found === expected ? undefined : `${place} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`;
  if (found === null || typeof found !== "object") return `${place} is ${JSON.stringify(found)}`;
  if (Array.isArray(expected) && expected.length !== found.length) return `${place} has ${found.length} items, expected ${expected.length}`;
  for (const [key, it] of Object.entries(expected)) {
    const inner = difference(it, found[key], `${place}.${key}`);
    if (inner) return inner;
  }
  return undefined;
}

// The methods of an area, by name: the method, and its route.
function methods(area) {
  const Class = sdk[`${area}Api`];
  const names = Object.getOwnPropertyNames(Class.prototype).filter((it) => /^(get|head|post|put|patch|delete)[A-Z]/.test(it));
  return Object.fromEntries(names.map((name) => {
    const source = Class.prototype[name].toString();
    const [, route, verb] = /callApi\(\s*'([^']+)',\s*'([A-Z]+)'/.exec(source);
    const parameters = /\(([^)]*)\)/.exec(source)[1].split(",").map((it) => it.trim()).filter(Boolean);
    return [name, { api: new Class(), name, route: `${verb} ${route}`, parameters }];
  }));
}

async function call(method, given) {
  const rest = { ...given };
  const values = method.parameters.slice(0, -1).map((name) => {
    if (!(name in rest)) throw new Error(`${method.name} needs ${name}`);
    const value = rest[name];
    delete rest[name];
    return value;
  });
  return method.api[method.name](...values, rest);
}

async function plain(line, body) {
  const [method, to] = line.split(" ");
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${client.authentications["PureCloud OAuth"].accessToken}` };
  const sent = body === null ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(new URL(to, url), { method, headers, body: sent });
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(text), { status: answer.status });
  return text ? JSON.parse(text) : null;
}

async function perform(all, [name, given, expected, keep], performed) {
  let answer;
  try {
    const values = filled(given);
    if (name.includes(" ")) {
      answer = await plain(filled(name), values);
    } else {
      const method = all.find((it) => it[name])?.[name];
      if (!method) throw new Error("the SDK has no such method");
      answer = await call(method, values);
      performed.set(method.route, name);
    }
  } catch (error) {
    const status = error.status ?? error.body?.status;
    if (typeof expected === "number" && status === expected) return;
    throw new Error(`${name}: ${status ?? ""} ${JSON.stringify(error.body ?? error.message ?? error)}`);
  }
  if (typeof expected === "number") throw new Error(`${name}: not refused with ${expected}`);
  const different = difference(filled(expected), answer);
  if (different) throw new Error(`${name}: ${different}\n${JSON.stringify(answer)}`);
  for (const [key, place] of Object.entries(keep ?? {})) {
    const value = place.split(".").reduce((it, part) => it?.[part], answer);
    if (typeof value !== "string" && typeof value !== "number") throw new Error(`${name}: no ${place}\n${JSON.stringify(answer)}`);
    kept[key] = String(value);
  }
}

// The steps of a group, once for each of its entries: `<key>` is the value of the entry.
function repeated(step) {
  if (Array.isArray(step)) return [step];
  return step.each.flatMap((values) => JSON.parse(JSON.stringify(step.steps).replace(/<(\w+)>/g, (whole, key) => values[key] ?? whole)));
}

// A method that is not served says so, and returns what a stub answers.
async function stubbed(method) {
  const given = Object.fromEntries(method.parameters.map((it) => [it, it === "body" ? {} : "x"]));
  delete given.opts;
  try {
    await call(method, given);
    throw new Error(`${method.name} works, but no step performs it`);
  } catch (error) {
    const message = error?.body?.message ?? String(error?.message ?? error);
    if (!/not supported by flowsim|does not serve this method/.test(message)) throw new Error(`${method.name}: ${message}`);
  }
  await plain("PUT /__flowsim/stubs", { [method.route]: { body: { id: method.name } } });
  const answer = await call(method, given);
  await plain("DELETE /__flowsim/stubs", null);
  if (answer.id !== method.name) throw new Error(`${method.name}: ${JSON.stringify(answer)}`);
}

async function main() {
  await plainReset();
  const steps = read("steps.json");
  const areas = Object.fromEntries(steps.areas.map((area) => [area, methods(area.replaceAll(" ", ""))]));
  const performed = new Map();
  const failures = [];
  for (const step of steps.steps.flatMap(repeated)) {
    try {
      await perform(Object.values(areas), step, performed);
    } catch (error) {
      failures.push(String(error.message));
      if (!process.env.FLOWSIM_ALL) break;
    }
  }
  if (failures.length) throw new Error(failures.join("\n"));
  await login();
  const rows = ["| area | methods | contents checked | a stub answers |", "|---|---|---|---|"];
  const sums = [0, 0, 0];
  for (const [area, all] of Object.entries(areas)) {
    const rest = Object.values(all).filter((it) => !performed.has(it.route));
    for (const method of rest) await stubbed(method);
    const counts = [Object.keys(all).length, Object.keys(all).length - rest.length, rest.length];
    counts.forEach((count, index) => { sums[index] += count; });
    rows.push(`| ${area} | ${counts.join(" | ")} |`);
  }
  rows.push(`| all | ${sums.join(" | ")} |`);
  await plainReset();
  const table = rows.join("\n");
  const count = new Set(performed.values()).size;
  console.error(`${steps.steps.flatMap(repeated).length} steps, ${count} methods`);
  if (count < 250) throw new Error(`only ${count} methods are performed`);
  if (process.argv[2] && !fs.readFileSync(process.argv[2], "utf8").includes(table)) {
    console.log(table);
    throw new Error(`${process.argv[2]} has another table`);
  }
  console.log(process.argv[2] ? "done" : table);
}

async function plainReset() {
  await fetch(new URL("/__flowsim/reset", url), { method: "POST" });
  await login();
  await plain("PUT /__flowsim/fixtures", read("organisation.json"));
}

async function login() {
  await client.loginClientCredentialsGrant("any", "secret");
}

main().catch((error) => { console.error(error.message ?? error); process.exit(1); });

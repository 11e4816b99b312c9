// Every reading method of the SDK for JavaScript that the walk of the SDK for Python found to
// work, called once, with the same ids. `FLOWSIM_WALK` is the file that walk.py has written;
// the server is as walk.py has left it.
const fs = require("fs");
const sdk = require("purecloud-platform-client-v2");

const walk = JSON.parse(fs.readFileSync(process.env.FLOWSIM_WALK, "utf8"));
const url = new URL(process.env.FLOWSIM_URL);
const client = sdk.ApiClient.instance;
client.setGateway({ host: url.hostname, protocol: "http", port: url.port });

function camel(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

function parameters(method) {
  const list = /^\s*(?:async\s+)?[\w$]+\s*\(([^)]*)\)/.exec(method.toString())[1];
  return list.split(",").map((it) => it.trim()).filter((it) => it && it !== "opts");
}

async function main() {
  await client.loginClientCredentialsGrant("any", "secret");
  const ids = Object.fromEntries(Object.entries(walk.ids).map(([name, id]) => [camel(name), id]));
  let count = 0;
  for (const [className, method, jobId] of walk.methods) {
    const api = new sdk[className]();
    const name = camel(method);
    // A few methods have other names in this SDK.
    if (typeof api[name] !== "function") continue;
    const known = { ...ids, jobId };
    try {
      await api[name](...parameters(api[name]).map((it) => known[it] ?? "unknown"));
    } catch (error) {
      throw new Error(`${className}.${name}: ${error.status} ${JSON.stringify(error.body ?? error.message)}`);
    }
    count += 1;
  }
  await fetch(new URL("/__flowsim/reset", url), { method: "POST" });
  console.error(`${count} of ${walk.methods.length} methods`);
  if (count < 100) throw new Error("too few methods have the same name in both SDKs");
  console.log("done");
}
main().catch((error) => { console.error(error); process.exit(1); });

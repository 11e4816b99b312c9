// What programs do with the platform's SDK for JavaScript, and what they get for it.

const assert = require("node:assert");
const genesys = require("purecloud-platform-client-v2");

const URL_OF_SERVER = new URL(process.env.FLOWSIM_URL);
const UNKNOWN = "00000000-0000-4000-8000-000000000000";

// What the SDK has no words for.
async function raw(path, body, kind = "application/json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "Content-Type": kind };
  const answer = await fetch(new URL(path, URL_OF_SERVER), { method: "POST", headers, body: text });
  const said = await answer.text();
  return said ? JSON.parse(said) : null;
}

// The error body of a call that has to be refused.
async function refused(status, call) {
  try {
    await call();
  } catch (error) {
    const body = error.body || error;
    assert.strictEqual(body.status, status, JSON.stringify(error));
    assert(body.message && body.contextId, JSON.stringify(error));
    return error;
  }
  assert.fail(`it was not refused with ${status}`);
}

function draft(name, following = "End") {
  const ask = {
    id: "Ask",
    type: "Gather",
    properties: { promptText: "Press a key.", maxDigits: 1, timeoutSeconds: 5 },
    onComplete: { nextNode: following },
    onError: { nextNode: "End" },
  };
  const end = { id: "End", type: "End", properties: { endType: "normal" } };
  return { name, type: "inbound", draft: { startNode: "Ask", nodes: { Ask: ask, End: end } } };
}

async function flows(architect) {
  for (let number = 0; number < 30; number += 1) {
    await architect.postFlows(draft(`Js ${String(number).padStart(2, "0")}`));
  }
  const page = await architect.getFlows({ pageSize: 20, pageNumber: 2, name: "Js *", sortBy: "name" });
  assert.deepStrictEqual([page.total, page.pageCount, page.entities.length], [30, 2, 10]);
  const made = page.entities[0];
  assert.deepStrictEqual([made.name, made.type], ["Js 20", "INBOUNDCALL"]);

  const operation = await architect.postFlowsActionsPublish(made.id);
  assert.strictEqual(operation.actionStatus, "SUCCESS");
  const flow = await architect.getFlow(made.id);
  assert.deepStrictEqual([flow.active, flow.publishedVersion.id], [true, "1.0"]);
  const registered = await architect.postFlowsValidateJobs({ flows: [{ flow: { id: made.id } }] });
  const job = await architect.getFlowsValidateJob(registered.id);
  assert.deepStrictEqual([job.status, job.messages], ["Success", []]);
  return made.id;
}

async function executions(architect, flow) {
  const run = await architect.postFlowsExecutions({ flowId: flow, inputData: {} });
  assert.strictEqual((await architect.getFlowsExecution(run.id)).status, "RUNNING");
  await raw("/__flowsim/input", { conversationId: run.id, dtmf: ["1"] });
  assert.strictEqual((await architect.getFlowsExecution(run.id)).status, "COMPLETED");
  const criteria = { key: "FlowId", operator: "eq", value: flow };
  const found = await architect.postFlowsInstancesQuery({ query: [{ criteria }] });
  assert.deepStrictEqual(found.entities.map((it) => it.id), [run.id]);
}

async function contacts(api) {
  const body = { firstName: "Grace", lastName: "Hopper", workPhone: { display: "+15557654322" } };
  const made = await api.postExternalcontactsContacts(body);
  const found = await api.getExternalcontactsReversewhitepageslookup("+15557654322");
  assert.deepStrictEqual(found.contacts.map((it) => it.id), [made.id]);
  const nobody = await api.getExternalcontactsReversewhitepageslookup("+15550000000");
  assert.deepStrictEqual(nobody.contacts, []);
  const wanted = { type: "Phone", value: "+15557654322" };
  const same = await api.postExternalcontactsIdentifierlookupContacts(wanted);
  assert.strictEqual(same.lastName, "Hopper");
}

async function queues(api) {
  const predicate = { type: "dimension", dimension: "queueId", operator: "matches", value: "support" };
  const filter = { type: "and", predicates: [predicate] };
  const answer = await api.postAnalyticsQueuesObservationsQuery({ filter, metrics: ["oWaiting"] });
  assert.deepStrictEqual(answer.results[0].data, [{ metric: "oWaiting", stats: { count: 1 } }]);
}

async function errors(client, architect, flow) {
  const error = await refused(400, () => architect.postFlows(draft("Broken", "Nowhere")));
  const details = (error.body || error).details;
  assert(details.some((it) => it.errorCode === "DANGLING_REFERENCE"), JSON.stringify(details));
  await refused(404, () => architect.getFlow(UNKNOWN));
  await refused(409, () => architect.postFlows(draft("Js 00")));

  const good = client.authentications["PureCloud OAuth"].accessToken;
  client.setAccessToken("stale");
  await refused(401, () => architect.getFlow(flow));
  const form = "grant_type=client_credentials&client_id=a&client_secret=b&scope=flow:read";
  const token = await raw("/oauth/token", form, "application/x-www-form-urlencoded");
  client.setAccessToken(token.access_token);
  assert.strictEqual((await architect.getFlow(flow)).id, flow);
  await refused(403, () => architect.postFlows(draft("Forbidden")));
  client.setAccessToken(good);

  // This SDK does not ask again by itself unless it is told to.
  await raw("/__flowsim/faults", { "POST /api/v2/flows": [{ status: 429, retryAfter: 7 }] });
  const late = await refused(429, () => architect.postFlows(draft("Js later")));
  if (late.headers) assert.strictEqual(late.headers["retry-after"], "7");
  await architect.postFlows(draft("Js later"));
}

async function main() {
  await raw("/__flowsim/reset", {});
  const client = genesys.ApiClient.instance;
  const { hostname, port } = URL_OF_SERVER;
  client.setGateway({ host: hostname, protocol: "http", port });
  await client.loginClientCredentialsGrant("any", "secret");
  const architect = new genesys.ArchitectApi();
  const flow = await flows(architect);
  await executions(architect, flow);
  await contacts(new genesys.ExternalContactsApi());
  await queues(new genesys.AnalyticsApi());
  await errors(client, architect, flow);
  console.log("done");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

// Connects clients that speak MCP over HTTP with `flowsim mcp`, for the public conformance
// suite, which tests servers over HTTP only. Prints its URL.
//
//     node mcp-over-http.mjs FLOWSIM FOLDER

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const [program, folder] = process.argv.slice(2);
const sessions = new Map();

// A session is a process. Answers go to the request with the same id.
function begin() {
  const child = spawn(program, ["mcp"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line);
    waiting.get(message.id)?.(line);
    waiting.delete(message.id);
  });
  return { child, waiting };
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

const server = createServer(async (request, response) => {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  const origin = request.headers.origin && new URL(request.headers.origin).hostname;
  if (![host, origin ?? host].every((it) => ["127.0.0.1", "localhost", "[::1]"].includes(it))) {
    return response.writeHead(403).end();
  }
  const id = request.headers["mcp-session-id"];
  if (request.method === "DELETE") {
    sessions.get(id)?.child.stdin.end();
    sessions.delete(id);
    return response.writeHead(200).end();
  }
  if (request.method !== "POST") return response.writeHead(405).end();
  const text = await body(request);
  const message = JSON.parse(text);
  const own = id ?? randomUUID();
  if (!sessions.has(own)) sessions.set(own, begin());
  const { child, waiting } = sessions.get(own);
  const send = () => child.stdin.write(`${JSON.stringify(message)}\n`);
  if (message.id === undefined) {
    send();
    return response.writeHead(202).end();
  }
  waiting.set(message.id, (line) => {
    response.writeHead(200, { "content-type": "application/json", "mcp-session-id": own });
    response.end(line);
  });
  send();
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));

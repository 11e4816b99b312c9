// Tests `flowsim dap` with the test client of VS Code's own debug adapters, unmodified:
// node debug_adapter.cjs FLOWSIM FLOW
'use strict';
const assert = require('assert');
const fs = require('fs');
const { DebugClient } = require('@vscode/debugadapter-testsupport');

const [program, flow] = process.argv.slice(2);
const lines = fs.readFileSync(flow, 'utf8').split('\n');
const line = (text) => lines.findIndex((it) => it.includes(text)) + 1;

async function check(name, body) {
  const client = new DebugClient(program, 'dap', 'flowsim');
  client.defaultTimeout = 30000;
  await client.start();
  try {
    await body(client);
    console.log(`passed ${name}`);
  } finally {
    await client.stop();
  }
}

const launch = (more) => ({ type: 'flowsim', flow, ...more });

async function top(client) {
  const stack = await client.stackTraceRequest({ threadId: 1 });
  return stack.body.stackFrames[0].name.split(' · ')[0];
}

async function main() {
  await check('an unknown request is an error', async (client) => {
    await client.send('illegalRequest').then(
      () => assert.fail('the request succeeded'),
      () => {},
    );
  });
  await check('initialize returns the capabilities', async (client) => {
    const { body } = await client.initializeRequest();
    assert.strictEqual(body.supportsConfigurationDoneRequest, true);
    assert.strictEqual(body.supportsStepBack, true);
  });
  await check('a call runs to its end', async (client) => {
    await Promise.all([
      client.configurationSequence(),
      client.launch(launch({ input: ['9'], stopAtEnd: false })),
      client.assertOutput('stdout', 'flow: '),
      client.waitForEvent('terminated'),
    ]);
  });
  await check('a call stops on entry', async (client) => {
    await Promise.all([
      client.configurationSequence(),
      client.launch(launch({ stopOnEntry: true })),
      client.assertStoppedLocation('entry', { path: flow, line: line('- collectInput:') }),
    ]);
  });
  await check('a call stops at a breakpoint, and goes back', async (client) => {
    const at = { path: flow, line: line('- collectInput:') };
    await client.hitBreakpoint(launch({ input: ['9'] }), at);
    const first = await top(client);
    await Promise.all([
      client.nextRequest({ threadId: 1 }),
      client.waitForEvent('stopped'),
    ]);
    await Promise.all([
      client.nextRequest({ threadId: 1 }),
      client.waitForEvent('stopped'),
    ]);
    assert.notStrictEqual(await top(client), first);
    await Promise.all([
      client.reverseContinueRequest({ threadId: 1 }),
      client.assertStoppedLocation('breakpoint', at),
    ]);
    await Promise.all([
      client.stepInRequest({ threadId: 1 }),
      client.waitForEvent('stopped'),
    ]);
    await Promise.all([
      client.stepBackRequest({ threadId: 1 }),
      client.assertStoppedLocation('step', at),
    ]);
  });
  await check('the caller is answered in the console', async (client) => {
    await Promise.all([
      client.configurationSequence(),
      client.launch(launch({})),
      client.waitForEvent('stopped'),
    ]);
    const arguments_ = { expression: '9', context: 'repl' };
    const [answer] = await Promise.all([
      client.evaluateRequest(arguments_),
      client.waitForEvent('stopped'),
    ]);
    assert.strictEqual(answer.body.result, 'caller: 9');
  });
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});

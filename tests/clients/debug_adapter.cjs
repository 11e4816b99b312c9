// Tests `flowsim dap` with the test client of VS Code's own debug adapters, unmodified:
// node debug_adapter.cjs FLOWSIM FLOW
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
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

// Debugging as a person does it: an editor shows the place, the stack and the variables
// after each stop.
async function session() {
  const question = { path: flow, line: line('- collectInput:') };
  await check('a breakpoint, steps, steps back, variables and answers', async (client) => {
    await client.hitBreakpoint(launch({ input: ['9'] }), question);
    assert.deepStrictEqual(await names(client), await names(client), 'a stop is stable');
    const before = await variables(client);
    await stopAfter(client, 'next');
    await stopAfter(client, 'next');
    const after = await top(client);
    await stopAfter(client, 'stepBack');
    await stopAfter(client, 'stepBack');
    assert.deepStrictEqual(await variables(client), before, 'as before the steps');
    await stopAfter(client, 'next');
    await stopAfter(client, 'next');
    assert.strictEqual(await top(client), after, 'the same steps again');
  });
  await check('a variable is set and read', async (client) => {
    await client.hitBreakpoint(launch({ input: ['9'] }), question);
    const [frame] = (await client.stackTraceRequest({ threadId: 1 })).body.stackFrames;
    const scopes = (await client.scopesRequest({ frameId: frame.id })).body.scopes;
    const { variablesReference } = scopes.find((it) => it.name === 'Flow variables');
    const set = { variablesReference, name: 'Flow.District', value: '"12" + "3"' };
    const answer = await client.setVariableRequest(set);
    assert.strictEqual(answer.body.value, '"123"');
    const read = { expression: 'Length(Flow.District)', frameId: frame.id, context: 'watch' };
    assert.strictEqual((await client.evaluateRequest(read)).body.result, '3');
    const wrong = { expression: 'Flow.Distrct', frameId: frame.id, context: 'watch' };
    await client.evaluateRequest(wrong).then(
      () => assert.fail('an unknown variable has a value'),
      (problem) => assert.match(problem.message, /Flow\.District/),
    );
  });
  await check('another answer at the same question is another branch', async (client) => {
    await Promise.all([
      client.configurationSequence(),
      client.launch(launch({})),
      client.waitForEvent('stopped'),
    ]);
    const say = async (answer) => {
      await Promise.all([
        client.customRequest('flowsim/answer', { answer }),
        client.waitForEvent('stopped'),
      ]);
      return top(client);
    };
    const { question, answers } = (await client.customRequest('flowsim/answers')).body;
    assert.ok(question && answers.length > 1, JSON.stringify(answers));
    const asked = await top(client);
    const silent = await say('silence');
    for (let step = 0; step < 5 && (await top(client)) !== asked; step += 1) {
      await stopAfter(client, 'stepBack');
    }
    assert.strictEqual(await top(client), asked, 'the question again');
    assert.notStrictEqual(await say('9'), silent);
    const { branches } = (await client.customRequest('flowsim/branches')).body;
    assert.strictEqual(branches.length, 2, JSON.stringify(branches));
    const other = branches.find((it) => !it.isCurrent).branch;
    await Promise.all([
      client.customRequest('flowsim/switchBranch', { branch: other }),
      client.waitForEvent('stopped'),
    ]);
    assert.strictEqual(await top(client), silent);
  });
}

// A call of nearly a million actions.
const loop = {
  name: 'Loop',
  startNode: 'Ask',
  nodes: [
    {
      id: 'Ask', type: 'Gather', onComplete: { nextNode: 'Count' },
      properties: { promptText: 'Press a key.', maxDigits: 1 },
    },
    {
      id: 'Count', type: 'Set', onComplete: { nextNode: 'Enough' },
      properties: { setVars: [{ key: 'round', value: { type: 'increment', value: 1 } }] },
    },
    {
      id: 'Enough', type: 'If',
      properties: {
        conditions: [{ expression: '{round} >= 450000', nextNode: 'Done' }],
        defaultNextNode: 'Count',
      },
    },
    { id: 'Done', type: 'End', properties: { endType: 'normal' } },
  ],
};

async function pauses() {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'flowsim-')), 'loop.json');
  fs.writeFileSync(file, JSON.stringify(loop, null, 2));
  const asked = { path: file, line: loopLine(file, '"id": "Ask"') };
  await check('a long call is paused, and goes back and on', async (client) => {
    await client.hitBreakpoint(
      { type: 'flowsim', flow: file, input: ['7'], maxActions: 1000000 },
      asked,
    );
    const stopped = [];
    client.on('stopped', (event) => stopped.push(event.body));
    // Both requests are sent before the first is answered.
    const both = (motion) => Promise.all([
      client[`${motion}Request`]({ threadId: 1 }),
      client.pauseRequest({ threadId: 1 }),
      client.waitForEvent('stopped'),
    ]);
    const position = async () => {
      const clock = (await variables(client)).find(([name]) => name === 'Clock')[1];
      return Number(clock.find(([name]) => name === 'position')[1]);
    };
    await both('continue');
    assert.strictEqual(stopped.at(-1).description, 'Paused');
    const paused = await position();
    assert.ok(paused > 0 && paused < 900000, `paused at ${paused}`);
    // The way back ends at the breakpoint; the pause finds a call that stands still.
    await both('reverseContinue');
    assert.strictEqual(stopped.at(-1).reason, 'breakpoint');
    assert.strictEqual(await top(client), 'Ask');
    await stopAfter(client, 'next');
    assert.strictEqual(stopped.length, 3, JSON.stringify(stopped));
    await both('continue');
    assert.strictEqual(stopped.at(-1).description, 'Paused');
    assert.ok((await position()) > 0);
  });
  fs.rmSync(path.dirname(file), { recursive: true });
}

function loopLine(file, text) {
  return fs.readFileSync(file, 'utf8').split('\n').findIndex((it) => it.includes(text)) + 1;
}

async function stopAfter(client, motion) {
  const [, stopped] = await Promise.all([
    client[`${motion}Request`]({ threadId: 1 }),
    client.waitForEvent('stopped'),
  ]);
  return stopped.body.reason;
}

async function names(client) {
  const stack = await client.stackTraceRequest({ threadId: 1 });
  return stack.body.stackFrames.map((it) => `${it.name} ${it.line}`);
}

async function variables(client) {
  const [frame] = (await client.stackTraceRequest({ threadId: 1 })).body.stackFrames;
  const { scopes } = (await client.scopesRequest({ frameId: frame.id })).body;
  const found = [];
  for (const { name, variablesReference } of scopes) {
    const { body } = await client.variablesRequest({ variablesReference });
    found.push([name, body.variables.map((it) => [it.name, it.value])]);
  }
  return found;
}

main().then(session).then(pauses).catch((problem) => {
  console.error(problem);
  process.exit(1);
});

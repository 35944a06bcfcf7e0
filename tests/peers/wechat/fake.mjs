// The fake WeChat as a process: JSON lines in and out (tests/DiffusionBot.FakeWeChat/README.md).
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export async function startFake(...args) {
  const process_ = spawn('dotnet', [process.env.FAKE_WECHAT, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const events = [], pending = new Map(), waiting = [];
  let lastId = 0, ready;
  const started = new Promise((resolve, reject) => {
    ready = resolve;
    process_.once('exit', code => reject(new Error(`The fake ended with ${code} before it was ready.`)));
  });
  createInterface({ input: process_.stdout }).on('line', line => {
    const event = JSON.parse(line);
    if (event.event === 'ready') return ready(event);
    if (event.event === 'done' || event.event === 'error') {
      const { resolve, reject } = pending.get(event.id);
      pending.delete(event.id);
      return event.event === 'done' ? resolve(event) : reject(new Error(event.text));
    }
    events.push(event);
    for (const one of [...waiting]) if (one.wants(event)) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(event);
    }
  });
  const { api } = await started;
  return {
    api,
    events,
    do(what, fields = {}) {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        process_.stdin.write(JSON.stringify({ do: what, id, ...fields }) + '\n');
      });
    },
    of: kind => events.filter(event => event.event === kind),
    until(wants) {
      const there = events.find(wants);
      if (there) return Promise.resolve(there);
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('What was waited for did not happen within 10 s.')), 10_000);
        waiting.push({ wants, resolve: event => { clearTimeout(late); resolve(event); } });
      });
    },
    stop() {
      const ended = new Promise(resolve => process_.once('exit', resolve));
      process_.stdin.end();
      return ended;
    },
  };
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts the fake Discord (FAKE_DISCORD: the path of its dll), which is moved by lines of JSON. */
export async function startFake() {
  const dll = process.env.FAKE_DISCORD;
  if (!dll) throw new Error('FAKE_DISCORD is not set; expected the path of DiffusionBot.FakeDiscord.dll.');
  const child = spawn('dotnet', [dll], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error('The fake Discord ended.');
    return JSON.parse(value);
  };
  const place = await next();
  let last = Promise.resolve();
  const ask = (what, rest = {}) => (last = last.then(async () => {
    child.stdin.write(`${JSON.stringify({ do: what, ...rest })}\n`);
    const answer = await next();
    if (answer.error) throw new Error(answer.error);
    return answer;
  }));
  return { place, ask, stop: () => child.stdin.end() };
}

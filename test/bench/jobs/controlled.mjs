// What the bench and its processes have in common: a clock, and how they talk.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Milliseconds by the machine's monotonic clock, which all its processes share. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** In a process of the bench: answers each command by what its function returns, and says that it is ready. */
export function obey(commands) {
  process.on('message', async ({ id, command, argument }) => {
    try {
      process.send({ id, answer: (await commands[command](argument)) ?? null });
    } catch (error) {
      process.send({ id, error: error.stack });
    }
  });
  process.send({ ready: true });
}

/** A process of the bench, as the one that measures sees it. */
export class Controlled {
  #child;
  #waiting = new Map();
  #commands = 0;
  #ended = null;

  /** Starts a program of this folder and waits until it is ready. `onEvent` gets what it tells unasked. */
  static async start(program, environment, onEvent = () => undefined) {
    const controlled = new Controlled();
    const script = join(dirname(fileURLToPath(import.meta.url)), program);
    controlled.#child = fork(script, { env: { ...process.env, ...environment } });
    await new Promise((resolve, reject) => {
      controlled.#child.on('message', (message) => {
        if (message.ready) resolve();
        else if (message.id === undefined) onEvent(message);
        else controlled.#settle(message);
      });
      controlled.#child.once('exit', (code) => {
        controlled.#ended = new Error(`${program} ended with ${code}`);
        reject(controlled.#ended);
        for (const id of controlled.#waiting.keys()) controlled.#settle({ id, error: controlled.#ended.message });
      });
    });
    return controlled;
  }

  /** Has it do something; returns what came of it. */
  async call(command, argument) {
    if (this.#ended) throw this.#ended;
    const id = ++this.#commands;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#child.send({ id, command, argument });
    return answer;
  }

  async stop() {
    if (this.#ended) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  #settle({ id, answer, error }) {
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  }
}

/** Does `work` for 0 to `count` - 1, so many at the same time. */
export async function atOnce(concurrency, count, work) {
  let next = 0;
  const runOn = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, runOn));
}

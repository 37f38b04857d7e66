// The system of docker-compose.yml under a name of its own, from nothing to nothing.
import { spawn, spawnSync } from 'node:child_process';
import { ROOT } from './prepare.mjs';

/** An hour is too long for anything here; an engine that hangs must not hang the test. */
const COMMAND_MS = 15 * 60_000;

/** What reaches the engine; nothing else of whoever runs this may change what is tested. */
const HANDED_ON =
  /^(PATH|HOME|DOCKER_.*|BUILDKIT_.*|COMPOSE_BAKE|XDG_.*|BUILD_NETWORK|(NODE|MYSQL|REDIS|NGINX)_IMAGE)$/;

export class ComposeStack {
  constructor({ project, port }) {
    this.project = project;
    this.url = `http://127.0.0.1:${port}`;
    this.environment = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => HANDED_ON.test(name))),
      HOST: '127.0.0.1',
      PORT: String(port),
      TAG: 'test',
      // everything comes from one address, and is much
      RATE_LIMIT_PER_MINUTE: '0',
      COMPOSE_ANSI: 'never',
      COMPOSE_PROGRESS: 'plain',
    };
  }

  /** Runs `docker`; returns what it wrote. Throws with all of it where it fails. */
  docker(...args) {
    return this.#result(args, spawnSync('docker', args, this.#options()));
  }

  /** Runs `docker compose` on this project, without any `.env`. */
  compose(...args) {
    return this.docker('compose', '-p', this.project, '--env-file', '/dev/null', ...args);
  }

  /** As {@link compose}, shown as it comes. */
  async composeAloud(...args) {
    const all = ['compose', '-p', this.project, '--env-file', '/dev/null', ...args];
    const child = spawn('docker', all, { ...this.#options(), stdio: ['ignore', 'inherit', 'inherit'] });
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0) throw new Error(`docker ${all.join(' ')} ended with ${status}`);
  }

  /** As {@link compose}, with these bytes as input, and the output as bytes. */
  composeBytes(input, ...args) {
    const all = ['compose', '-p', this.project, '--env-file', '/dev/null', ...args];
    const { status, signal, stdout, stderr } = spawnSync('docker', all, {
      ...this.#options(),
      encoding: 'buffer',
      input,
    });
    if (status !== 0) throw new Error(`docker ${all.join(' ')} ended with ${status ?? signal}\n${stderr}`);
    return stdout;
  }

  /** Ids of the running containers of a service. */
  containers(service) {
    return this.compose('ps', '-q', '--status', 'running', service).split('\n').filter(Boolean);
  }

  inspect(container) {
    return JSON.parse(this.docker('inspect', container))[0];
  }

  /**
   * Kills the first process of a container as a crash would. `docker kill` is no crash: the engine takes it for a wish, and
   * starts nothing anew.
   */
  crash(container) {
    const { Pid: pid } = this.inspect(container).State;
    const kill = [
      '--pid',
      'host',
      '--user',
      '0',
      '--network',
      'none',
      '--entrypoint',
      'node',
      'onet-skill-gap-api:test',
    ];
    this.docker('run', '--rm', '--no-healthcheck', ...kill, '-e', `process.kill(${pid}, 'SIGKILL')`);
    return pid;
  }

  /** Whether the container runs again, with another process than that one. */
  isBack(container, pid) {
    const { State: state } = this.inspect(container);
    return state.Running && state.Pid !== pid && (state.Health?.Status ?? 'healthy') === 'healthy';
  }

  /** What a person would look at first. */
  showTrouble() {
    for (const args of [
      ['ps', '-a'],
      ['logs', '--tail', '40', '--no-color'],
    ]) {
      try {
        process.stdout.write(`${this.compose(...args)}\n`);
      } catch (error) {
        process.stdout.write(`${error.message}\n`);
      }
    }
  }

  #options() {
    return { cwd: ROOT, env: this.environment, encoding: 'utf8', timeout: COMMAND_MS, maxBuffer: 64 * 1024 ** 2 };
  }

  #result(args, { status, signal, error, stdout, stderr }) {
    if (status === 0) return stdout.trim();
    throw new Error(
      `docker ${args.join(' ')} ${error?.message ?? `ended with ${status ?? signal}`}\n${stdout}${stderr}`,
    );
  }
}

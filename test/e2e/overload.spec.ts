import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { AnswerReader, type RawAnswer } from '../support/load/answer-reader';
import { COSTLY_SEARCH, costlyRelease } from '../support/load/costly-search';
import { Answer } from '../support/e2e/http';
import { MetricsPage } from '../support/e2e/metrics';
import { problemOf } from '../support/e2e/problems';
import { type ServingApi, useProcesses } from '../support/e2e/processes';

/** All that come in one turn of the event loop: more than are served in any case, each of which costs most of a millisecond. */
const CONNECTIONS = 900;
const SERVED_IN_ANY_CASE = 500;

/** A connection on which one request is sent after the other. */
class Client {
  private readonly reader = new AnswerReader((answer) => this.answered?.(answer));
  private answered: ((answer: RawAnswer) => void) | null = null;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.reader.push(chunk);
    });
  }

  /** Connected to a process that knows of it: it has answered something. */
  static async open(url: string): Promise<Client> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const client = new Client(socket);
    const answer = client.answer();
    await client.send('/health');
    await answer;
    return client;
  }

  /** Returns when it has left this process. */
  send(path: string): Promise<void> {
    return new Promise((resolve) =>
      this.socket.write(`GET ${path} HTTP/1.1\r\nHost: api\r\n\r\n`, () => {
        resolve();
      }),
    );
  }

  /** The next one. @throws Error where the connection is closed before there is one */
  answer(): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.answered = resolve;
      this.socket.once('error', reject).once('close', () => {
        reject(new Error('The connection was closed without an answer'));
      });
    });
  }

  close(): void {
    this.socket.destroy();
  }
}

function answerOf({ status, head, body }: RawAnswer): Answer {
  const [, ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
  });
  return new Answer(status, Object.fromEntries(headers) as Record<string, string>, body.toString());
}

describe('More requests than the api can answer in time', () => {
  const processes = useProcesses('block');
  let api: ServingApi;

  beforeAll(async () => {
    const release = await costlyRelease().writeFolder(join(await processes.folder(), '1.0'));
    api = await processes.startApi({ environment: { LOG_LEVEL: 'warn', ONET_DATA_DIR: release } });
  });

  test('are answered all the same, some with 503 and Retry-After, and what watches the process is not refused', async () => {
    const contract = await api.client.contract();

    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => Client.open(api.url)));
    // what is sent while the process stands still is there all at once when it goes on
    api.process.send('SIGSTOP');
    await Promise.all(clients.map((client) => client.send(COSTLY_SEARCH)));
    api.process.send('SIGCONT');
    const answering = Promise.all(clients.map((client) => client.answer()));
    const watched = await Promise.all(
      Array.from({ length: 20 }, (_, n) => api.client.get(n % 2 === 0 ? '/health' : '/health/ready')),
    );
    const answers = (await answering).map(answerOf);
    for (const client of clients) client.close();

    const shed = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(shed.length).toBeGreaterThan(0);
    expect(answers.length - shed.length).toBeGreaterThanOrEqual(SERVED_IN_ANY_CASE);
    expect([...new Set(shed.map((answer) => problemOf(answer).code))]).toEqual(['OVERLOADED']);
    expect(shed.flatMap((answer) => contract.deviations({ path: COSTLY_SEARCH }, answer)).slice(0, 3)).toEqual([]);
    expect([...new Set(shed.map((answer) => answer.header('retry-after')))]).toEqual(['5']);
    expect(watched.filter(({ status }) => status !== 200)).toEqual([]);
    const page = await MetricsPage.of(api.url);
    expect(page.value('onet_http_requests_shed_total')).toBe(shed.length);
    expect((await api.client.get(COSTLY_SEARCH)).status).toBe(200);
  });
});

import { readFile, stat } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { HttpService } from '@nestjs/axios';
import { cutOff, useStubServer } from '../../../../test/support/stub-server';
import { useTemporaryFolder } from '../../../../test/support/temporary-folder';
import { rejectionOf } from '../../../../test/support/thrown-by';
import {
  transfer,
  TransferInterruptedError,
  type TransferOptions,
  TransferRefusedError,
  type TransferState,
} from './transfer';

/** Every byte differs from those around it, so that a piece in the wrong place is found. */
const FILE = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
const OTHER_FILE = Buffer.from(FILE).reverse();
const HALF = 25_000;

type Headers = Record<string, string>;

const whole =
  (content = FILE, headers: Headers = { ETag: '"v1"' }): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Length': String(content.length), ...headers }).end(content);
  };

/** Sends what a range asks for, or the whole file where none is asked for or `If-Range` names another version. */
const withRanges =
  (content = FILE, etag = '"v1"'): RequestListener =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start === 0 || request.headers['if-range'] !== etag) {
      whole(content, { ETag: etag })(request, response);
      return;
    }
    const rest = content.subarray(start);
    response.writeHead(206, {
      'Content-Length': String(rest.length),
      'Content-Range': `bytes ${start}-${content.length - 1}/${content.length}`,
      ETag: etag,
    });
    response.end(rest);
  };

const status =
  (code: number): RequestListener =>
  (_request, response) => {
    response.writeHead(code).end('<html>Sorry</html>');
  };

describe('transfer', () => {
  const server = useStubServer();
  const folder = useTemporaryFolder();
  const http = new HttpService();
  // the server is on this machine, whatever proxy the environment names
  http.axiosRef.defaults.proxy = false;
  let state: TransferState;
  let progress: { done: number; total: number | null }[];

  beforeEach(() => {
    state = { validator: null };
    progress = [];
  });

  const path = (): string => join(folder.path, 'db_30_1_text.zip.part');

  const arrived = (): Promise<Buffer> => readFile(path());

  const attempt = (options: Partial<TransferOptions> = {}): Promise<void> =>
    transfer(http, `${server.url}/db_30_1_text.zip`, path(), state, {
      signal: new AbortController().signal,
      idleMs: 5000,
      maxBytes: 1_000_000,
      onBytes: (done, total) => progress.push({ done, total }),
      ...options,
    });

  const sizeIs = async (size: number): Promise<boolean> => (await stat(path()).catch(() => null))?.size === size;

  /** Promises the whole file, sends half of it, and hangs up once that is written. */
  const cutInTheMiddle =
    (headers: Headers = { ETag: '"v1"' }): RequestListener =>
    (_request, response) => {
      response.writeHead(200, { 'Content-Length': String(FILE.length), ...headers });
      void cutOff(response, FILE.subarray(0, HALF), () => sizeIs(HALF));
    };

  /** An attempt that is expected to be interrupted. */
  const interrupted = (): Promise<void> => expect(attempt()).rejects.toThrow(TransferInterruptedError);

  it('brings every byte of a file', async () => {
    server.answer(whole());
    await attempt();
    expect(await arrived()).toEqual(FILE);
  });

  it('brings a file whose length the server does not tell', async () => {
    server.answer((_request, response) => {
      response.write(FILE.subarray(0, HALF));
      response.end(FILE.subarray(HALF));
    });
    await attempt();
    expect(await arrived()).toEqual(FILE);
  });

  it('brings a file to which the server sends it on', async () => {
    server.answer((_request, response) => response.writeHead(302, { Location: '/elsewhere.zip' }).end(), whole());
    await attempt();
    expect(await arrived()).toEqual(FILE);
  });

  it('asks for the bytes as they are, since a length and a range mean nothing otherwise', async () => {
    server.answer(whole());
    await attempt();
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('tells how many of how many bytes are there', async () => {
    server.answer(whole());
    await attempt();
    expect(progress.at(-1)).toEqual({ done: FILE.length, total: FILE.length });
  });

  it('tells that it does not know how many bytes there will be', async () => {
    server.answer((_request, response) => {
      response.write(FILE.subarray(0, HALF));
      response.end(FILE.subarray(HALF));
    });
    await attempt();
    expect(progress.at(-1)).toEqual({ done: FILE.length, total: null });
  });

  it('replaces a file that an attempt without the same state left behind', async () => {
    server.answer(whole(OTHER_FILE), whole(FILE.subarray(0, 10)));
    await attempt();
    state = { validator: null };
    await attempt();
    expect(await arrived()).toEqual(FILE.subarray(0, 10));
  });

  describe('that is cut off', () => {
    it('says that it was interrupted where the length was promised', async () => {
      server.answer(cutInTheMiddle());
      await expect(attempt()).rejects.toThrow(TransferInterruptedError);
    });

    it('says that it was interrupted where no length was promised', async () => {
      server.answer((_request, response) => {
        response.write(FILE.subarray(0, HALF), () => response.destroy());
      });
      await expect(attempt()).rejects.toThrow(TransferInterruptedError);
    });

    it('asks for the rest of the same version the next time', async () => {
      server.answer(cutInTheMiddle(), withRanges());
      await interrupted();
      await attempt();
      expect(server.requests[1]?.headers).toMatchObject({ range: `bytes=${HALF}-`, 'if-range': '"v1"' });
    });

    it('is the whole file once the rest is there', async () => {
      server.answer(cutInTheMiddle(), withRanges());
      await interrupted();
      await attempt();
      expect(await arrived()).toEqual(FILE);
    });

    it('tells how far it is from where it stopped before', async () => {
      server.answer(cutInTheMiddle(), withRanges());
      await interrupted();
      progress = [];
      await attempt();
      expect([progress[0]!.done > HALF, progress.at(-1)]).toEqual([true, { done: FILE.length, total: FILE.length }]);
    });

    it('goes on as often as it takes', async () => {
      const inPieces: RequestListener = (request, response) => {
        const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        const range = `bytes ${start}-${FILE.length - 1}/${FILE.length}`;
        const length = String(FILE.length - start);
        response.writeHead(start === 0 ? 200 : 206, { 'Content-Length': length, 'Content-Range': range, ETag: '"v1"' });
        const end = start + 10_000;
        if (end >= FILE.length) response.end(FILE.subarray(start));
        else void cutOff(response, FILE.subarray(start, end), () => sizeIs(end));
      };
      server.answer(inPieces);
      for (let cuts = 0; cuts < 20; cuts++) {
        const error = await attempt().catch((cause: unknown) => cause);
        if (!(error instanceof TransferInterruptedError)) break;
      }
      expect(await arrived()).toEqual(FILE);
    });

    it('begins again where the server knows no ranges', async () => {
      server.answer(cutInTheMiddle(), whole());
      await interrupted();
      await attempt();
      expect(await arrived()).toEqual(FILE);
    });

    it('begins again where the file has changed in between', async () => {
      server.answer(cutInTheMiddle(), withRanges(OTHER_FILE, '"v2"'));
      await interrupted();
      await attempt();
      expect(await arrived()).toEqual(OTHER_FILE);
    });

    it('identifies a version by its date where there is no ETag', async () => {
      const date = 'Tue, 02 Dec 2025 10:00:00 GMT';
      server.answer(cutInTheMiddle({ 'Last-Modified': date }), whole());
      await interrupted();
      await attempt();
      expect(server.requests[1]?.headers['if-range']).toBe(date);
    });

    it.each([
      ['has nothing that identifies a version', {}],
      ['has a weak ETag only, which does not promise the same bytes', { ETag: 'W/"v1"' }],
    ])('asks for the whole file again where the server %s', async (_what, headers: Headers) => {
      server.answer(cutInTheMiddle(headers), whole());
      await interrupted();
      await attempt();
      expect(server.requests[1]?.headers.range).toBeUndefined();
    });

    it('does not put the rest of another version to its head, though the server does not heed If-Range', async () => {
      const restOfAnother: RequestListener = (request, response) => {
        request.headers['if-range'] = '"v2"';
        withRanges(OTHER_FILE, '"v2"')(request, response);
      };
      server.answer(cutInTheMiddle(), restOfAnother);
      await interrupted();
      for (let again = 0; again < 2; again++) await attempt().catch(() => undefined);
      expect((await arrived()).equals(OTHER_FILE)).toBe(true);
    });

    it('does not put a range to its head that it did not ask for', async () => {
      const otherRange: RequestListener = (_request, response) => {
        response.writeHead(206, {
          'Content-Range': `bytes 10-19/${FILE.length}`,
          'Content-Length': '10',
          ETag: '"v1"',
        });
        response.end(FILE.subarray(10, 20));
      };
      server.answer(cutInTheMiddle(), otherRange, withRanges());
      await interrupted();
      await expect(attempt()).rejects.toThrow(TransferInterruptedError);
      await attempt();
      expect(await arrived()).toEqual(FILE);
    });

    it('does not take a range that ends before the file does for the rest of it', async () => {
      const tenBytes: RequestListener = (request, response) => {
        const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
        const range = `bytes ${start}-${start + 9}/${FILE.length}`;
        response.writeHead(206, { 'Content-Range': range, 'Content-Length': '10', ETag: '"v1"' });
        response.end(FILE.subarray(start, start + 10));
      };
      server.answer(cutInTheMiddle(), tenBytes);
      await interrupted();
      await expect(attempt()).rejects.toThrow(TransferInterruptedError);
    });

    it('begins again where the server has no such range', async () => {
      server.answer(cutInTheMiddle(), status(416), whole());
      await interrupted();
      await expect(attempt()).rejects.toThrow(TransferInterruptedError);
      await attempt();
      expect([server.requests[2]?.headers.range, await arrived()]).toEqual([undefined, FILE]);
    });

    it.each([429, 500, 503])('keeps what has arrived while the server answers %d', async (code) => {
      server.answer(cutInTheMiddle(), status(code), withRanges());
      await interrupted();
      await expect(attempt()).rejects.toThrow(TransferInterruptedError);
      await attempt();
      expect(server.requests[2]?.headers.range).toBe(`bytes=${HALF}-`);
    });
  });

  describe('that the server does not make', () => {
    it.each([400, 401, 403, 404, 410])('is refused for good with status %d', async (code) => {
      server.answer(status(code));
      const error = await rejectionOf(attempt());
      expect(error).toBeInstanceOf(TransferRefusedError);
      expect(error).toMatchObject({ status: code, message: `the server answered ${code}` });
    });

    it.each([408, 429, 500, 502, 503, 504])('may work another time with status %d', async (code) => {
      server.answer(status(code));
      const error = await rejectionOf(attempt());
      expect(error).toBeInstanceOf(TransferInterruptedError);
      expect(error).toMatchObject({ message: `the server answered ${code}` });
    });

    it('leaves no file behind', async () => {
      server.answer(status(404));
      await expect(attempt()).rejects.toThrow(TransferRefusedError);
      await expect(stat(path())).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('may work another time where nothing listens', async () => {
      const url = server.url;
      await server.stop();
      const options = { signal: new AbortController().signal, idleMs: 5000, maxBytes: 10, onBytes: () => undefined };
      await expect(transfer(http, url, path(), state, options)).rejects.toThrow(TransferInterruptedError);
    });
  });

  describe('from a server that is slow', () => {
    it('is given up where no answer comes, and says after how long', async () => {
      server.answer(() => undefined);
      const error = await rejectionOf(attempt({ idleMs: 100 }));
      expect(error).toBeInstanceOf(TransferInterruptedError);
      expect(error).toMatchObject({ message: expect.stringContaining('100 ms') as string });
    });

    it('is given up where the server falls silent after the head of its answer', async () => {
      server.answer((_request, response) => {
        response.writeHead(200, { 'Content-Length': String(FILE.length) }).flushHeaders();
      });
      const error = await rejectionOf(attempt({ idleMs: 100 }));
      expect(error).toBeInstanceOf(TransferInterruptedError);
      expect(error).toMatchObject({ message: expect.stringContaining('100 ms') as string });
    });

    it('is given up where the server falls silent in the middle, and goes on the next time', async () => {
      const silentInTheMiddle: RequestListener = (_request, response) => {
        response.writeHead(200, { 'Content-Length': String(FILE.length), ETag: '"v1"' });
        response.write(FILE.subarray(0, HALF));
      };
      server.answer(silentInTheMiddle, withRanges());
      await expect(attempt({ idleMs: 100 })).rejects.toThrow(TransferInterruptedError);
      await attempt();
      expect(await arrived()).toEqual(FILE);
    });

    it('is not given up while bytes keep coming, however long the whole takes', async () => {
      server.answer((_request, response) => {
        response.writeHead(200, { 'Content-Length': '10' });
        let sent = 0;
        const timer = setInterval(() => {
          response.write('x');
          if (++sent < 10) return;
          clearInterval(timer);
          response.end();
        }, 100);
        response.on('close', () => {
          clearInterval(timer);
        });
      });
      await attempt({ idleMs: 600 });
      expect((await arrived()).toString()).toBe('xxxxxxxxxx');
    });
  });

  describe('of a file larger than allowed', () => {
    it('is not begun where the server tells the length', async () => {
      server.answer(whole());
      await expect(attempt({ maxBytes: FILE.length - 1 })).rejects.toThrow(
        'the file is larger (50000 bytes) than the 49999 bytes allowed',
      );
      await expect(stat(path())).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('ends where more bytes come than allowed', async () => {
      server.answer((_request, response) => {
        response.write(FILE.subarray(0, HALF));
        response.end(FILE.subarray(HALF));
      });
      await expect(attempt({ maxBytes: FILE.length - 1 })).rejects.toThrow('than the 49999 bytes allowed');
    });

    it('is not worth another attempt', async () => {
      server.answer(whole());
      const error = await rejectionOf(attempt({ maxBytes: 10 }));
      expect(error).not.toBeInstanceOf(TransferInterruptedError);
    });
  });

  it('brings a file of exactly the length allowed', async () => {
    server.answer(whole());
    await attempt({ maxBytes: FILE.length });
    expect(await arrived()).toEqual(FILE);
  });

  describe('that is called off', () => {
    const reason = new Error('The operator pressed Ctrl-C');

    it('ends with the reason where no answer has come yet', async () => {
      const controller = new AbortController();
      server.answer(() => {
        controller.abort(reason);
      });
      await expect(attempt({ signal: controller.signal })).rejects.toBe(reason);
    });

    it('ends with the reason in the middle of the file', async () => {
      const controller = new AbortController();
      server.answer((_request, response) => {
        response.writeHead(200, { 'Content-Length': String(FILE.length) });
        response.write(FILE.subarray(0, HALF));
      });
      const options = {
        signal: controller.signal,
        onBytes: () => {
          controller.abort(reason);
        },
      };
      await expect(attempt(options)).rejects.toBe(reason);
    });

    it('asks the server for nothing where it was called off before', async () => {
      server.answer(whole());
      await attempt({ signal: AbortSignal.abort(reason) }).catch(() => undefined);
      expect(server.requests).toEqual([]);
    });
  });
});

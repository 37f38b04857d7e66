import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { OperatorError } from '@app/common';
import { toConfig } from '@app/config';
import { ReleaseUnusableError, type Progress } from '@app/normalization';
import { cutOff, useStubServer } from '../../../../test/support/stub-server';
import { useTemporaryFolder } from '../../../../test/support/temporary-folder';
import { rejectionOf } from '../../../../test/support/thrown-by';
import { zipArchive } from '../../../../test/support/zip-archive';
import { ReleaseDownloadService } from './release-download.service';

// the pauses between attempts grow to several seconds
jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const releaseWith = (content: string): Promise<Buffer> =>
  zipArchive(
    ['Occupation Data.txt', 'Scales Reference.txt', 'Skills.txt'].map((name) => [`db_30_1_text/${name}`, content]),
  );

const answerWith =
  (code: number, body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(code, headers).end(body);
  };

describe('ReleaseDownloadService', () => {
  const server = useStubServer();
  const folder = useTemporaryFolder();
  const http = new HttpService();
  // the server is on this machine, whatever proxy the environment names
  http.axiosRef.defaults.proxy = false;
  const progress: Progress[] = [];
  let archive: Buffer;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    progress.length = 0;
    archive = await releaseWith('x\r\n'.repeat(5000));
  });

  function download(version = '30.1', signal = new AbortController().signal): Promise<string> {
    const config = toConfig({
      DATABASE_URL: `sqlite:${join(folder.path, 'onet.sqlite')}`,
      ONET_DOWNLOAD_BASE_URL: `${server.url}/dl_files/database/`,
    });
    return new ReleaseDownloadService(config, http).download(version, signal, (step) => {
      progress.push(step);
    });
  }

  /** Files in the folder for downloads. */
  const files = (): Promise<string[]> => readdir(join(folder.path, 'downloads'));

  const cutInTheMiddle: RequestListener = (_request, response) => {
    response.writeHead(200, { 'Content-Length': String(archive.length), ETag: '"v1"' });
    void cutOff(response, archive.subarray(0, 100), async () => {
      const [part] = await files();
      return part !== undefined && (await stat(join(folder.path, 'downloads', part))).size === 100;
    });
  };

  const restAsAsked: RequestListener = (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
    const rest = archive.subarray(start);
    const range = `bytes ${start}-${archive.length - 1}/${archive.length}`;
    response.writeHead(206, { 'Content-Length': String(rest.length), 'Content-Range': range, ETag: '"v1"' }).end(rest);
  };

  it('asks for the archive by the name O*NET gives it', async () => {
    server.answer(answerWith(200, archive));
    await download('30.1');
    expect(server.requests.map((request) => request.path)).toEqual(['/dl_files/database/db_30_1_text.zip']);
  });

  it('keeps the archive beside the database, under that name and whole', async () => {
    server.answer(answerWith(200, archive));
    const path = await download();
    expect([path, (await readFile(path)).equals(archive)]).toEqual([
      join(folder.path, 'downloads', 'db_30_1_text.zip'),
      true,
    ]);
  });

  it('leaves nothing beside the archive', async () => {
    server.answer(answerWith(200, archive));
    await download();
    expect(await files()).toEqual(['db_30_1_text.zip']);
  });

  it('replaces the archive of an earlier download', async () => {
    const corrected = await releaseWith('corrected');
    server.answer(answerWith(200, archive), answerWith(200, corrected));
    await download();
    expect((await readFile(await download())).equals(corrected)).toBe(true);
  });

  it('tells how many of how many bytes are there', async () => {
    server.answer(answerWith(200, archive, { 'Content-Length': String(archive.length) }));
    await download();
    expect(progress.at(-1)).toEqual({ stage: 'downloading', done: archive.length, total: archive.length });
  });

  it('goes on with a download that was cut off', async () => {
    server.answer(cutInTheMiddle, restAsAsked);
    const path = await download();
    expect([server.requests[1]?.headers['if-range'], (await readFile(path)).equals(archive)]).toEqual(['"v1"', true]);
  });

  it('begins again where the archive has changed in between', async () => {
    const changed = await releaseWith('changed');
    server.answer(cutInTheMiddle, answerWith(200, changed, { ETag: '"v2"' }));
    expect((await readFile(await download())).equals(changed)).toBe(true);
  });

  it('tries again where the server is busy', async () => {
    server.answer(answerWith(503, 'busy'), answerWith(200, archive));
    expect((await readFile(await download())).equals(archive)).toBe(true);
  });

  it('gives up after five attempts, and says why', async () => {
    server.answer(answerWith(503, 'busy'));
    const error = await rejectionOf(download());
    expect([server.requests.length, error]).toEqual([
      5,
      expect.objectContaining({
        name: 'OperatorError',
        message: `${server.url}/dl_files/database/db_30_1_text.zip could not be downloaded in 5 attempts: the server answered 503.`,
      }),
    ]);
  });

  it('says at once that there is no such release', async () => {
    server.answer(answerWith(404, 'Not found'));
    const error = await rejectionOf(download('99.9'));
    expect([server.requests.length, error]).toEqual([
      1,
      expect.objectContaining({
        name: 'OperatorError',
        message:
          `${server.url}/dl_files/database/db_99_9_text.zip cannot be downloaded: there is no such release. ` +
          'See https://www.onetcenter.org/db_releases.html for those there are.',
      }),
    ]);
  });

  it('says at once that the server refuses', async () => {
    server.answer(answerWith(403, 'Forbidden'));
    const error = await rejectionOf(download());
    expect([server.requests.length, error]).toEqual([
      1,
      expect.objectContaining({
        name: 'OperatorError',
        message: `${server.url}/dl_files/database/db_30_1_text.zip cannot be downloaded: the server answered 403.`,
      }),
    ]);
  });

  it('says in one sentence that the archive is too large to be one', async () => {
    server.answer((_request, response) => {
      response.writeHead(200, { 'Content-Length': String(2 * 1024 ** 3) }).write('PK');
    });
    await expect(download()).rejects.toThrow(OperatorError);
  });

  describe.each([
    ['a web page', () => Promise.resolve(answerWith(200, '<!DOCTYPE html>', { 'Content-Type': 'text/html' }))],
    ['an archive of something else', async () => answerWith(200, await zipArchive([['readme.txt', 'x']]))],
    [
      'an archive shorter than it is',
      () =>
        Promise.resolve<RequestListener>((_request, response) => {
          response.writeHead(200, { 'Content-Length': '100', Connection: 'close' });
          response.end(archive.subarray(0, 100));
        }),
    ],
    ['nothing', () => Promise.resolve(answerWith(200, ''))],
  ])('where the server says 200 and delivers %s', (_what, makeAnswer) => {
    beforeEach(async () => {
      server.answer(await makeAnswer());
    });

    it('says that it is no release', async () => {
      const error = await rejectionOf(download());
      const beginning = `What ${server.url}/dl_files/database/db_30_1_text.zip delivered is no release: `;
      expect(error).toBeInstanceOf(ReleaseUnusableError);
      expect(error).toMatchObject({ message: expect.stringContaining(beginning) as string });
    });

    it('leaves no file behind', async () => {
      await download().catch(() => undefined);
      expect(await files()).toEqual([]);
    });

    it('keeps the archive of an earlier download', async () => {
      await mkdir(join(folder.path, 'downloads'));
      await writeFile(join(folder.path, 'downloads', 'db_30_1_text.zip'), archive);
      await download().catch(() => undefined);
      expect(await files()).toEqual(['db_30_1_text.zip']);
    });
  });

  it('leaves no file behind where it is called off', async () => {
    const controller = new AbortController();
    server.answer((_request, response) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('PK', () => {
        controller.abort();
      });
    });
    await download('30.1', controller.signal).catch(() => undefined);
    expect(await files()).toEqual([]);
  });

  it('ends with the reason for which it is called off', async () => {
    const reason = new Error('The operator pressed Ctrl-C');
    const controller = new AbortController();
    server.answer(() => {
      controller.abort(reason);
    });
    await expect(download('30.1', controller.signal)).rejects.toBe(reason);
  });

  describe.each(['30', '', 'latest', '30.1.2', '30_1', '../30.1', '30.1/..', '30.1?x=1', '1234.1', '30.1\n'])(
    'where the version is %j',
    (version) => {
      it('says what a version looks like', async () => {
        await expect(download(version)).rejects.toMatchObject({
          name: 'OperatorError',
          message: `"${version}" is no release that can be downloaded: give one like 30.1.`,
        });
      });

      it('asks the server for nothing', async () => {
        await download(version).catch(() => undefined);
        expect(server.requests).toEqual([]);
      });
    },
  );
});

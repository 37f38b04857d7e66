import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpService } from '@nestjs/axios';
import type { AxiosResponse } from 'axios' with { 'resolution-mode': 'import' };

/** A transfer that may work the next time. */
export class TransferInterruptedError extends Error {}

/** A transfer that the server will not make, however often it is asked. */
export class TransferRefusedError extends Error {
  constructor(readonly status: number) {
    super(`the server answered ${status}`);
  }
}

export interface TransferOptions {
  readonly signal: AbortSignal;
  /** Longest time without a byte, before the first one and between any two, in ms. */
  readonly idleMs: number;
  readonly maxBytes: number;
  readonly onBytes: (done: number, total: number | null) => void;
}

/** What identifies the version of a file on the server, so that a rest is never put to the head of another version. */
export interface TransferState {
  validator: string | null;
}

/**
 * Fetches a URL into a file, going on where an earlier attempt with the same `state` stopped, if the server still has the
 * same version; else from the start.
 *
 * @throws TransferInterruptedError, TransferRefusedError, the signal's reason
 */
export async function transfer(
  http: HttpService,
  url: string,
  path: string,
  state: TransferState,
  options: TransferOptions,
): Promise<void> {
  const offset = state.validator === null ? 0 : await sizeOf(path);
  const response = await request(http, url, offset, state, options);
  const body = response.data;
  try {
    const resumed = response.status === 206 && rangeStart(response) === offset;
    if (response.status !== 200 && !resumed) {
      // also for 416 and for a range that was not asked for: what is there cannot be completed
      await rm(path, { force: true });
      state.validator = null;
      if (response.status >= 400 && response.status < 500 && ![408, 416, 429].includes(response.status)) {
        throw new TransferRefusedError(response.status);
      }
      throw new TransferInterruptedError(`the server answered ${response.status}`);
    }
    state.validator = validatorOf(response);
    const start = resumed ? offset : 0;
    const length = lengthOf(response);
    const total = length === null ? null : start + length;
    if (total !== null && total > options.maxBytes) throw tooLarge(total, options.maxBytes);
    await write(body, path, start, total, options);
  } finally {
    body.destroy();
  }
}

async function request(
  http: HttpService,
  url: string,
  offset: number,
  state: TransferState,
  { signal, idleMs }: TransferOptions,
): Promise<AxiosResponse<Readable>> {
  const resume =
    offset > 0 && state.validator !== null ? { Range: `bytes=${offset}-`, 'If-Range': state.validator } : {};
  try {
    return await http.axiosRef.get<Readable>(url, {
      responseType: 'stream',
      decompress: false,
      headers: { 'Accept-Encoding': 'identity', ...resume },
      signal: AbortSignal.any([signal, AbortSignal.timeout(idleMs)]),
      validateStatus: () => true,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new TransferInterruptedError(describe(error), { cause: error });
  }
}

async function write(
  body: Readable,
  path: string,
  start: number,
  total: number | null,
  { signal, idleMs, maxBytes, onBytes }: TransferOptions,
): Promise<void> {
  let done = start;
  const watchdog = setTimeout(() => body.destroy(new Error(`no data for ${idleMs} ms`)), idleMs);
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      watchdog.refresh();
      done += chunk.length;
      onBytes(done, total);
      next(done > maxBytes ? tooLarge(done, maxBytes) : null, chunk);
    },
  });
  try {
    await pipeline(body, meter, createWriteStream(path, { flags: start === 0 ? 'w' : 'a' }), { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && 'code' in error && LOCAL_FAULTS.has(String(error.code))) throw error;
    throw new TransferInterruptedError(describe(error), { cause: error });
  } finally {
    clearTimeout(watchdog);
  }
  if (total !== null && done !== total) throw new TransferInterruptedError(`${done} of ${total} bytes arrived`);
}

const LOCAL_FAULTS = new Set(['ENOSPC', 'EACCES', 'EROFS', 'EISDIR', 'EDQUOT', 'EIO', 'E_TOO_LARGE']);

function tooLarge(bytes: number, maxBytes: number): Error {
  return Object.assign(new Error(`the file is larger (${bytes} bytes) than the ${maxBytes} bytes allowed`), {
    code: 'E_TOO_LARGE',
  });
}

function rangeStart(response: AxiosResponse): number | null {
  const match = /^bytes (\d+)-/.exec(String(response.headers['content-range'] ?? ''));
  return match === null ? null : Number(match[1]);
}

function lengthOf(response: AxiosResponse): number | null {
  const header: unknown = response.headers['content-length'];
  return typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : null;
}

/** A strong ETag or a date; a weak ETag does not promise the same bytes. */
function validatorOf(response: AxiosResponse): string | null {
  const etag: unknown = response.headers['etag'];
  if (typeof etag === 'string' && etag.startsWith('"')) return etag;
  const date: unknown = response.headers['last-modified'];
  return typeof date === 'string' ? date : null;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.size ?? 0;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

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

/** A file larger than anybody wants. */
export class TransferTooLargeError extends Error {
  constructor(bytes: number, maxBytes: number) {
    super(`the file is larger (${bytes} bytes) than the ${maxBytes} bytes allowed`);
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
 * @throws TransferInterruptedError, TransferRefusedError, TransferTooLargeError, the signal's reason
 */
export async function transfer(
  http: HttpService,
  url: string,
  path: string,
  state: TransferState,
  options: TransferOptions,
): Promise<void> {
  const offset = state.validator === null ? 0 : await sizeOf(path);
  const silence = watchForSilence(options.idleMs);
  try {
    const response = await request(http, url, offset, state, options.signal, silence);
    await receive(response, path, offset, state, options, silence);
  } finally {
    silence.stop();
  }
}

/** Tells when nothing was heard of the server for too long. */
interface Silence {
  readonly signal: AbortSignal;
  heard(): void;
  stop(): void;
}

function watchForSilence(idleMs: number): Silence {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Error(`no data for ${idleMs} ms`));
  }, idleMs);
  return {
    signal: controller.signal,
    heard: () => timer.refresh(),
    stop: () => {
      clearTimeout(timer);
    },
  };
}

async function receive(
  response: AxiosResponse<Readable>,
  path: string,
  offset: number,
  state: TransferState,
  options: TransferOptions,
  silence: Silence,
): Promise<void> {
  const body = response.data;
  try {
    const { status } = response;
    const range = rangeOf(response);
    const validator = validatorOf(response);
    const resumed = status === 206 && range?.start === offset && (validator === null || validator === state.validator);
    if (status !== 200 && !resumed) {
      if (!MAY_PASS.has(status) && status < 500) {
        // what is there cannot be completed: the next attempt begins anew
        await rm(path, { force: true });
        state.validator = null;
        if (status >= 400 && status !== RANGE_NOT_SATISFIABLE) throw new TransferRefusedError(status);
      }
      throw new TransferInterruptedError(`the server answered ${status}`);
    }
    state.validator = validator ?? (resumed ? state.validator : null);
    const start = resumed ? offset : 0;
    const length = lengthOf(response);
    const total = (resumed ? range.size : null) ?? (length === null ? null : start + length);
    if (total !== null && total > options.maxBytes) throw new TransferTooLargeError(total, options.maxBytes);
    await write(body, path, start, total, options, silence);
  } finally {
    body.destroy();
  }
}

/** Request timeout and too many requests: worth another attempt, with what has arrived. */
const MAY_PASS = new Set([408, 429]);
const RANGE_NOT_SATISFIABLE = 416;

async function request(
  http: HttpService,
  url: string,
  offset: number,
  state: TransferState,
  signal: AbortSignal,
  silence: Silence,
): Promise<AxiosResponse<Readable>> {
  const resume =
    offset > 0 && state.validator !== null ? { Range: `bytes=${offset}-`, 'If-Range': state.validator } : {};
  try {
    return await http.axiosRef.get<Readable>(url, {
      responseType: 'stream',
      decompress: false,
      headers: { 'Accept-Encoding': 'identity', ...resume },
      signal: AbortSignal.any([signal, silence.signal]),
      validateStatus: () => true,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new TransferInterruptedError(describe(silence.signal.aborted ? silence.signal.reason : error), {
      cause: error,
    });
  }
}

async function write(
  body: Readable,
  path: string,
  start: number,
  total: number | null,
  { signal, maxBytes, onBytes }: TransferOptions,
  silence: Silence,
): Promise<void> {
  let done = start;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      silence.heard();
      done += chunk.length;
      onBytes(done, total);
      next(done > maxBytes ? new TransferTooLargeError(done, maxBytes) : null, chunk);
    },
  });
  try {
    await pipeline(body, meter, createWriteStream(path, { flags: start === 0 ? 'w' : 'a' }), { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransferTooLargeError) throw error;
    if (error instanceof Error && 'code' in error && LOCAL_FAULTS.has(String(error.code))) throw error;
    throw new TransferInterruptedError(describe(silence.signal.aborted ? silence.signal.reason : error), {
      cause: error,
    });
  }
  if (total !== null && done !== total) throw new TransferInterruptedError(`${done} of ${total} bytes arrived`);
}

const LOCAL_FAULTS = new Set(['ENOSPC', 'EACCES', 'EROFS', 'EISDIR', 'EDQUOT', 'EIO']);

function rangeOf(response: AxiosResponse): { start: number; size: number | null } | null {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(String(response.headers['content-range'] ?? ''));
  return match === null ? null : { start: Number(match[1]), size: match[2] === '*' ? null : Number(match[2]) };
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

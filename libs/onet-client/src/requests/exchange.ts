import type { HttpService } from '@nestjs/axios';
import { parseRetryAfter } from './retry-after';

/** The largest page has about a megabyte. */
const MAX_BYTES = 32 * 1024 ** 2;

/** What became of one request. */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterMs: number | null; readonly body: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'too-large' }
  /** With the code of the fault, such as `ECONNREFUSED`. */
  | { readonly kind: 'network'; readonly code: string };

export interface ExchangeOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** For the connection, the answer and all of its body. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Makes one request. Whatever answer there is, is an outcome.
 *
 * @throws the signal's reason
 */
export async function exchange(
  http: HttpService,
  url: string,
  { headers, timeoutMs, signal }: ExchangeOptions,
): Promise<Outcome> {
  signal.throwIfAborted();
  // of our own: the one of axios is for silences once the answer has begun
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort();
  }, timeoutMs);
  try {
    const response = await http.axiosRef.get<string>(url, {
      headers: { Accept: 'application/json', 'User-Agent': 'onet-skill-gap', ...headers },
      signal: AbortSignal.any([signal, timeout.signal]),
      // another host must never see our credentials
      maxRedirects: 0,
      maxContentLength: MAX_BYTES,
      responseType: 'text',
      transformResponse: (body: string) => body,
      validateStatus: () => true,
    });
    return {
      kind: 'answer',
      status: response.status,
      retryAfterMs: parseRetryAfter(response.headers['retry-after'], Date.now()),
      body: response.data,
    };
  } catch (error) {
    signal.throwIfAborted();
    return timeout.signal.aborted ? { kind: 'timeout' } : faultOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Takes nothing but a code or a known message from the error, since it carries the headers. */
function faultOf(error: unknown): Outcome {
  // a broken connection has the same code
  if (error instanceof Error && error.message.startsWith('maxContentLength')) return { kind: 'too-large' };
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return { kind: 'network', code: typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'no answer' };
}

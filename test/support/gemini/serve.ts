import { reportFailure, serveStub } from '../stubs/serve-stub';
import { GeminiStub } from './gemini-stub';
import { parseServeOptions } from './serve-options';

/** npm run stub:gemini: serves until the process is told to end. */
async function serve(args: readonly string[]): Promise<void> {
  const { latencyMs, ...options } = parseServeOptions(args);
  const stub = new GeminiStub(options);
  stub.latencyMs = latencyMs;
  await serveStub(stub, options.port, () => [
    `Gemini (stub); behind an alias such as gemini-flash-latest is ${stub.modelVersion}`,
    '',
    `url  ${stub.url}`,
    `key  ${stub.key}`,
    '',
    'Settings of the application:',
    `  GEMINI_API_KEY=${stub.key} GEMINI_BASE_URL=${stub.url}`,
  ]);
}

serve(process.argv.slice(2)).catch(reportFailure);

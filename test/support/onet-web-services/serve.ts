import { OnetStub } from './onet-stub';
import { parseServeOptions } from './serve-options';
import { StubError } from './stub-error';

/** npm run stub:onet: serves a folder until the process is told to end. */
async function serve(args: readonly string[]): Promise<void> {
  const { data, ...options } = parseServeOptions(args);
  const stub = await OnetStub.fromFolder(data, options);
  await startOn(options.port, stub);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stub.stop());
  process.stdout.write(
    [
      `O*NET Web Services (stub) with the release in ${data}`,
      '',
      `version 2    ${stub.v2Url}  key ${stub.key}`,
      `version 1.9  ${stub.v19Url}  user ${stub.username}, password ${stub.password}`,
      '',
      'Settings of the application, for the one or the other:',
      `  ONET_API_KEY=${stub.key} ONET_API_BASE_URL=${stub.v2Url}`,
      `  ONET_USERNAME=${stub.username} ONET_PASSWORD=${stub.password} ONET_API_BASE_URL=${stub.v19Url}`,
      '',
      'Ready; Ctrl+C ends it.',
      '',
    ].join('\n'),
  );
}

async function startOn(port: number, stub: OnetStub): Promise<void> {
  try {
    await stub.start();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new StubError(`Port ${port} is in use already.`);
    if (code === 'EACCES') throw new StubError(`Port ${port} may not be used by this user.`);
    throw error;
  }
}

serve(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = 1;
  if (error instanceof StubError) process.stderr.write(`${error.message}\n`);
  else console.error(error);
});

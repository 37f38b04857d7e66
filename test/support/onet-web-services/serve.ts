import { reportFailure, serveStub } from '../stubs/serve-stub';
import { OnetStub } from './onet-stub';
import { parseServeOptions } from './serve-options';

/** npm run stub:onet: serves a folder until the process is told to end. */
async function serve(args: readonly string[]): Promise<void> {
  const { data, ...options } = parseServeOptions(args);
  const stub = await OnetStub.fromFolder(data, options);
  await serveStub(stub, options.port, () => [
    `O*NET Web Services (stub) with the release in ${data}`,
    '',
    `version 2    ${stub.v2Url}  key ${stub.key}`,
    `version 1.9  ${stub.v19Url}  user ${stub.username}, password ${stub.password}`,
    '',
    'Settings of the application, for the one or the other:',
    `  ONET_API_KEY=${stub.key} ONET_API_BASE_URL=${stub.v2Url}`,
    `  ONET_USERNAME=${stub.username} ONET_PASSWORD=${stub.password} ONET_API_BASE_URL=${stub.v19Url}`,
  ]);
}

serve(process.argv.slice(2)).catch(reportFailure);

// npm run stub:onet -- --data <folder> [--port 8900] [--layout one|two] [--requests-per-second N]: the O*NET Web Services,
// versions 2 and 1.9, on 127.0.0.1 and with the release of a folder, to try the application without an account.
import { runStub } from './lib/run-stub.mjs';

await runStub('onet-web-services');

// npm run stub:gemini -- [--port 8901] [--latency-ms 0] [--model-version X] [--requests-per-minute N]: Google Gemini on
// 127.0.0.1, with made-up levels and descriptions, to try the application without a key.
import { runStub } from './lib/run-stub.mjs';

await runStub('gemini');

// Databases, and all else on a busy machine, need more than Jest's five seconds; a project's own `testTimeout` is not heeded.
jest.setTimeout(120_000);

import { createRequire } from 'node:module';

/**
 * Jest gives every test file its own copy of better-sqlite3's JavaScript, but the process has its native part only once,
 * and that goes on to throw the errors of the first copy: `instanceof SqliteError`, and even `instanceof Error`, would
 * hold in the first test file of a worker and in no other one. This makes each copy introduce its own errors.
 */
const packageRequire = createRequire(require.resolve('better-sqlite3/package.json'));
const native = packageRequire('./build/Release/better_sqlite3.node') as { isInitialized: boolean };
native.isInitialized = false;

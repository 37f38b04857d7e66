/** NestJS 12 is ESM only, and Jest runs CommonJS: these packages are transformed along with our own sources. */
const ESM_PACKAGES = [
  '@nestjs',
  '@actions',
  'file-type',
  'token-types',
  'strtok3',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'uuid',
  'load-esm',
  'content-disposition',
  'cookie',
];

const shared = {
  testEnvironment: 'node',
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src',
    // what is imported when it is needed is named as the file that the compiler makes of it
    '^(\\./adapters/.+)\\.js$': '$1',
    // these packages let themselves be imported, but not required
    '^@actions/([^/]+)$': '<rootDir>/node_modules/@actions/$1/dist/index.js',
    '^@actions/([^/]+)/(.+)$': '<rootDir>/node_modules/@actions/$1/dist/$2',
  },
  transform: {
    '^.+\\.(ts|m?js)$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_PACKAGES.join('|')})/)`],
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/test/support/jest/patience.ts'],
  restoreMocks: true,
};

/** @type {import('jest').Config} */
module.exports = {
  // by default a machine with two cores gets one worker
  maxWorkers: '100%',
  testSequencer: '<rootDir>/test/support/jest/longest-first.cjs',
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'integration',
      globalSetup: '<rootDir>/test/support/jest/start-servers.ts',
      globalTeardown: '<rootDir>/test/support/jest/stop-servers.ts',
      setupFiles: [...shared.setupFiles, '<rootDir>/test/support/jest/own-sqlite-errors.ts'],
      testMatch: ['<rootDir>/test/integration/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      globalSetup: '<rootDir>/test/support/jest/start-servers.ts',
      globalTeardown: '<rootDir>/test/support/jest/stop-servers.ts',
      testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'faults',
      globalSetup: '<rootDir>/test/support/jest/start-servers.ts',
      globalTeardown: '<rootDir>/test/support/jest/stop-servers.ts',
      testMatch: ['<rootDir>/test/faults/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'load',
      globalSetup: '<rootDir>/test/support/jest/start-servers.ts',
      globalTeardown: '<rootDir>/test/support/jest/stop-servers.ts',
      testMatch: ['<rootDir>/test/load/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'fuzz',
      globalSetup: '<rootDir>/test/support/jest/start-servers.ts',
      globalTeardown: '<rootDir>/test/support/jest/stop-servers.ts',
      testMatch: ['<rootDir>/test/fuzz/**/*.spec.ts'],
    },
  ],
};

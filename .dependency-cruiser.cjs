/** Import directions of the house; see docs/architecture.md. */
const lib = (name) => `^libs/${name}/`;

/** Features that each feature may use; nothing else among features is allowed. */
const FEATURE_USES = {
  occupations: [],
  'skill-gap': ['occupations'],
  normalization: ['occupations'],
  'onet-client': [],
  // occupations: what was pulled is served from the snapshot
  ingestion: ['normalization', 'onet-client', 'occupations'],
  llm: ['occupations', 'skill-gap'],
};

/** Foundations that each foundation may use. */
const FOUNDATION_USES = {
  common: [],
  config: ['common'],
  runtime: ['common', 'config'],
  metrics: ['common', 'config'],
  database: ['common', 'config', 'metrics'],
  jobs: ['common', 'config', 'database', 'metrics'],
};

const libRule = (name, allowed) => ({
  name: `${name}-uses-only-${allowed.length === 0 ? 'itself' : allowed.join('-')}`,
  severity: 'error',
  from: { path: lib(name) },
  to: { path: '^libs/', pathNot: [name, ...allowed].map(lib) },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-lib-imports-an-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'no-app-imports-another',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-only-through-their-index',
      comment: 'A lib is imported as @app/<lib>, which is its src/index.ts.',
      severity: 'error',
      from: { path: '^(libs/[^/]+|apps/[^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    ...Object.entries(FOUNDATION_USES).map(([name, uses]) => libRule(name, uses)),
    ...Object.entries(FEATURE_USES).map(([name, uses]) =>
      libRule(name, [...uses, 'common', 'config', 'database', 'jobs', 'metrics']),
    ),
    {
      name: 'no-typeorm-in-a-controller',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: 'node_modules/(typeorm|@nestjs/typeorm)' },
    },
    {
      name: 'bullmq-only-in-its-adapter',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/jobs/src/adapters/bullmq/' },
      to: { path: 'node_modules/bullmq/' },
    },
    {
      name: 'ioredis-only-where-redis-is-used',
      comment: 'To bring jobs to workers, and to count the requests of all api processes together.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: '^(libs/jobs/src/adapters/bullmq|apps/api/src/rate-limit)/',
      },
      to: { path: 'node_modules/ioredis/' },
    },
    {
      name: 'nestjs-bullmq-only-in-the-worker',
      comment: 'It turns processors into workers of BullMQ; everybody else knows the JobEngine only.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^apps/worker/src/' },
      to: { path: 'node_modules/@nestjs/bullmq/' },
    },
    {
      name: 'no-http-in-libs',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: 'node_modules/(fastify|@nestjs/swagger|@nestjs/platform-fastify)' },
    },
    {
      name: 'no-dev-dependencies-in-production',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};

/**
 * Runs a TypeScript program in a plain Node process: node run-typescript.cjs <program.ts> <arguments…>
 * Jest's own transform ends at the process that runs the tests.
 */
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { transformSync } = require('@swc/core');

const ROOT = resolve(__dirname, '../../..');
const [, , program, ...programArguments] = process.argv;

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const alias = /^@app\/([^/]+)$/.exec(request);
  if (alias !== null) return resolveFilename.call(this, join(ROOT, 'libs', alias[1], 'src'), ...rest);
  // what is imported when it is needed is named as the file that the compiler makes of it
  return resolveFilename.call(this, request.replace(/^(\.\/adapters\/.+)\.js$/, '$1'), ...rest);
};

Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};

require('reflect-metadata');
process.argv = [process.argv[0], program, ...programArguments];
require(resolve(program));

/**
 * Preloaded into the api process (node --require): writes every route that it registers to the file ONET_E2E_ROUTES, as
 * one `METHOD path` a line.
 */
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync } = require('node:fs');

subscribe('fastify.initialization', ({ fastify }) => {
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) appendFileSync(process.env.ONET_E2E_ROUTES, `${one} ${url}\n`);
  });
});

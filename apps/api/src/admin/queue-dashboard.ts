import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { FastifyInstance } from 'fastify';
import type { JobEngine } from '@app/jobs';
import { DASHBOARD_PATH } from './admin-access';

/** The page would tell Google who looks at it, for the sake of a font. */
const FOREIGN_FONTS = /<link href="https:\/\/[^"]*" rel="stylesheet">/g;

type Queue = ConstructorParameters<typeof BullMQAdapter>[0];

/**
 * A page that shows what BullMQ holds, where there is a Redis. It only shows: what is to be done with a job is for the
 * ledger to say, and the admin routes change that.
 */
export async function addQueueDashboard(server: FastifyInstance, engine: JobEngine): Promise<void> {
  const queues = engine.queues();
  if (queues.length === 0) return;
  // loaded only where there is something to show
  const [{ createBullBoard }, adapters, { FastifyAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/fastify'),
  ]);
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(DASHBOARD_PATH);
  createBullBoard({
    // an engine that has queues has those of BullMQ; what they are is its own affair
    queues: queues.map(
      (queue) => new adapters.BullMQAdapter(queue as Queue, { readOnlyMode: true, allowRetries: false }),
    ),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'onet-skill-gap' } },
  });
  await server.register(
    async (scope) => {
      scope.addHook('onSend', (_request, _reply, payload, done) => {
        done(null, typeof payload === 'string' ? payload.replace(FOREIGN_FONTS, '') : payload);
      });
      await scope.register(serverAdapter.registerPlugin());
    },
    { prefix: DASHBOARD_PATH },
  );
}

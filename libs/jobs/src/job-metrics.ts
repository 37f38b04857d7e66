import { Injectable, type OnModuleInit } from '@nestjs/common';
import { UnitOfWork, type JobState } from '@app/database';
import { Metrics } from '@app/metrics';
import { JobEngine } from './job-engine';
import { JobRegistry } from './job-registry';

const UNFINISHED = ['queued', 'active'] as const satisfies readonly JobState[];

/** Jobs of one queue in one state. */
interface Depth {
  readonly queue: string;
  readonly state: string;
  readonly jobs: number | string;
}

/** Tells whoever watches how many jobs wait and run, over all processes, and whether Redis is there. */
@Injectable()
export class JobMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly registry: JobRegistry,
    private readonly unitOfWork: UnitOfWork,
    engine: JobEngine,
  ) {
    const jobs = {
      name: 'onet_jobs',
      help: 'Unfinished jobs of all processes, by the ledger.',
      labels: ['queue', 'state'],
    } as const;
    metrics.lookUp(jobs, () => this.depths());
    const redis = { name: 'onet_redis_up', help: 'Whether Redis answers this process, where there is one.' };
    metrics.lookUp(redis, async () => {
      const state = await engine.state();
      return state === null ? [] : [{ labels: {}, value: state === 'up' ? 1 : 0 }];
    });
  }

  onModuleInit(): void {
    this.metrics.expectJobs(this.registry.names());
  }

  private async depths() {
    // by the index on the state, of which the ended jobs of the last 30 days are no part
    const found = await this.unitOfWork.query((manager) =>
      manager.query<Depth[]>(
        'SELECT queue, state, COUNT(*) AS jobs FROM jobs WHERE state IN (?, ?) GROUP BY queue, state',
        [...UNFINISHED],
      ),
    );
    // a queue in which nothing waits is known to be empty; one that is not shown might be anything
    const empty = this.registry.queues().flatMap((queue) => UNFINISHED.map((state) => ({ queue, state, jobs: 0 })));
    const depths = new Map([...empty, ...found].map((depth) => [`${depth.queue} ${depth.state}`, depth]));
    return [...depths.values()].map(({ queue, state, jobs }) => ({ labels: { queue, state }, value: Number(jobs) }));
  }
}

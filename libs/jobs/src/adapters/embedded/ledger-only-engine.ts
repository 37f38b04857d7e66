import { JobEngine, type EngineKnowledge, type Handover } from '../../job-engine';

/** For processes that run no jobs of others, where those that do find them in the ledger by themselves. */
export class LedgerOnlyEngine extends JobEngine {
  readonly runsJobs: boolean = false;
  readonly reconcileEveryMs: number = Number.POSITIVE_INFINITY;

  handOver(_handover: Handover): Promise<void> {
    return Promise.resolve();
  }

  knows(_handover: Handover): Promise<EngineKnowledge> {
    return Promise.resolve('pending');
  }

  /** When its turn comes, the ledger says that there is nothing to do. */
  forget(): Promise<void> {
    return Promise.resolve();
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Where there are clocks, they run in the process itself. */
  keepSchedules(): Promise<void> {
    return Promise.resolve();
  }

  queues(): readonly object[] {
    return [];
  }

  state(): Promise<null> {
    return Promise.resolve(null);
  }
}

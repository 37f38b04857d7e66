import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@app/config';
import type { LlmRequestKind } from '@app/database';
import { Metrics } from '@app/metrics';
import { LlmBudget } from './llm-budget';
import { LlmPause } from './llm-pause';

const KINDS: readonly LlmRequestKind[] = ['assessment', 'gap'];

/** Tells whoever watches how much the LLM may still be asked, where it may be at all. */
@Injectable()
export class LlmMetrics {
  constructor(@Inject(AppConfig) { llm }: AppConfig, metrics: Metrics, budget: LlmBudget, pauses: LlmPause) {
    if (llm.apiKey === null) return;
    metrics.expectLlm(KINDS);
    const limit = {
      name: 'onet_llm_daily_calls',
      help: 'Calls of the LLM that are allowed a day, over all processes.',
    };
    metrics.gauge(limit, () => [{ labels: {}, value: llm.callsPerDay }]);
    const left = {
      name: 'onet_llm_daily_calls_left',
      help: 'Calls of the LLM that are left of today, over all processes.',
    };
    metrics.lookUp(left, async () => [{ labels: {}, value: await budget.left() }]);
    const pause = {
      name: 'onet_llm_pause_seconds',
      help: 'For how long the LLM is still left alone since it failed; 0 where it may be asked.',
    };
    metrics.lookUp(pause, async () => {
      const paused = await pauses.current();
      return [{ labels: {}, value: (paused?.retryAfterMs ?? 0) / 1000 }];
    });
  }
}

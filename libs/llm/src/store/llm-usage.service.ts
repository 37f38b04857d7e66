import { Injectable } from '@nestjs/common';
import { UnitOfWork, type LlmOutcome, type LlmRequestKind } from '@app/database';

/** What calls of one kind came to, over all time. */
export interface LlmUsageRow {
  readonly kind: LlmRequestKind;
  /** The model that answered, or that was asked for where there was no answer. */
  readonly model: string;
  readonly outcome: LlmOutcome;
  readonly calls: number;
  readonly promptTokens: number;
  readonly replyTokens: number;
}

/** Adds up what the LLM was used for. */
@Injectable()
export class LlmUsage {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Hashes of the questions about single occupations that a model has answered. */
  async assessedHashes(modelVersion: string): Promise<ReadonlySet<string>> {
    const rows: { prompt_hash: string }[] = await this.unitOfWork.query((manager) =>
      manager.query(
        `SELECT DISTINCT request.prompt_hash FROM llm_requests request
           JOIN llm_replies reply ON reply.request_id = request.id
          WHERE request.kind = 'assessment' AND request.from_onetsoc_code IS NULL
                AND reply.outcome = 'accepted' AND reply.model_version = ?`,
        [modelVersion],
      ),
    );
    return new Set(rows.map(({ prompt_hash: hash }) => hash));
  }

  /** Tokens of an assessment, on average; null where none were counted. */
  async averageReplyTokens(): Promise<number | null> {
    const rows: { tokens: number | string | null }[] = await this.unitOfWork.query((manager) =>
      manager.query(
        `SELECT AVG(reply.reply_tokens) AS tokens FROM llm_requests request
           JOIN llm_replies reply ON reply.request_id = request.id
          WHERE request.kind = 'assessment' AND reply.outcome = 'accepted'`,
      ),
    );
    const tokens = rows[0]?.tokens ?? null;
    return tokens === null ? null : Number(tokens);
  }

  /** All calls there were. */
  async totals(): Promise<LlmUsageRow[]> {
    const rows: {
      kind: LlmRequestKind;
      model: string;
      outcome: LlmOutcome;
      calls: number | string;
      prompt_tokens: number | string;
      reply_tokens: number | string;
    }[] = await this.unitOfWork.query((manager) =>
      manager.query(
        `SELECT request.kind, COALESCE(reply.model_version, request.model) AS model, reply.outcome, COUNT(*) AS calls,
                COALESCE(SUM(reply.prompt_tokens), 0) AS prompt_tokens,
                COALESCE(SUM(reply.reply_tokens), 0) AS reply_tokens
           FROM llm_requests request JOIN llm_replies reply ON reply.request_id = request.id
          GROUP BY request.kind, COALESCE(reply.model_version, request.model), reply.outcome
          ORDER BY 1, 2, 3`,
      ),
    );
    return rows.map(({ kind, model, outcome, calls, prompt_tokens: prompt, reply_tokens: reply }) => ({
      kind,
      model,
      outcome,
      calls: Number(calls),
      promptTokens: Number(prompt),
      replyTokens: Number(reply),
    }));
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  isDuplicateKey,
  Job,
  LlmReply,
  LlmRequest,
  LlmSkillAssessment,
  LlmGapDescription,
  UnitOfWork,
  type LlmOutcome,
  type SqlValue,
} from '@app/database';
import type { Question } from '../prompts/question';
import type { LlmAnswer } from '../provider/llm-provider';
import type { AssessedSkill, Proficiency } from '../replies/assessment-reply';
import { toJsonSchema } from '../replies/reply-schema';

/** A reply that is used, without what it says. */
export interface AcceptedReply {
  readonly replyId: number;
  /** The model that answered. */
  readonly modelVersion: string;
  readonly promptVersion: string;
  /** Ms since 1970. */
  readonly answeredAt: number;
}

/** A call that was made, as it is to be kept. */
export interface MadeCall {
  readonly jobId: string | null;
  readonly outcome: LlmOutcome;
  /** Why it cannot be used. */
  readonly reason: string | null;
  /** Null where there was none. */
  readonly answer: LlmAnswer | null;
  readonly latencyMs: number;
}

/** What a reply came to: rows of its own table. */
export type UnderstoodReply = readonly AssessedSkill[] | ReadonlyMap<string, string>;

/** The longest prompt or reply that is kept whole, in UTF-8 bytes: a column of type text holds 64 kB. */
export const MAX_KEPT_BYTES = 60_000;

const MAX_REASON = 2000;

/** A job is begun by the clock of a process, and replies are kept by that of the database. */
const CLOCKS_DIFFER_MS = 2000;

/** Keeps what the LLM was asked, what it answered, and what was understood of that. */
@Injectable()
export class LlmStore {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Replies to exactly this question that are used, the newest first, at most one of each model. */
  async acceptedReplies(hash: string): Promise<AcceptedReply[]> {
    const rows: {
      id: number;
      model_version: string;
      prompt_version: string;
      created_at: number | string;
    }[] = await this.unitOfWork.query((manager) =>
      manager.query(
        `SELECT reply.id, reply.model_version, request.prompt_version, reply.created_at
           FROM llm_requests request JOIN llm_replies reply ON reply.request_id = request.id
          WHERE request.prompt_hash = ? AND reply.outcome = 'accepted' ORDER BY reply.id DESC`,
        [hash],
      ),
    );
    const newest = new Map<string, AcceptedReply>();
    for (const { id, model_version: modelVersion, prompt_version: promptVersion, created_at: createdAt } of rows) {
      if (newest.has(modelVersion)) continue;
      newest.set(modelVersion, { replyId: id, modelVersion, promptVersion, answeredAt: Number(createdAt) });
    }
    return [...newest.values()];
  }

  /**
   * The model that gave the last reply of use where this one was asked for; null where none has. One whose replies are of
   * no use puts nothing out of date.
   */
  async lastModelVersion(model: string): Promise<string | null> {
    const rows: { model_version: string }[] = await this.unitOfWork.query((manager) =>
      manager.query(
        `SELECT reply.model_version FROM llm_replies reply JOIN llm_requests request ON request.id = reply.request_id
          WHERE request.model = ? AND reply.outcome = 'accepted' ORDER BY reply.id DESC LIMIT 1`,
        [model],
      ),
    );
    return rows[0]?.model_version ?? null;
  }

  /** The skills of an assessment, by element id. */
  async assessedSkills(replyId: number): Promise<ReadonlyMap<string, AssessedSkill>> {
    const rows = await this.unitOfWork.query((manager) => manager.findBy(LlmSkillAssessment, { replyId }));
    return new Map(
      rows.map(({ element_id: elementId, level, proficiency, explanation }) => [
        elementId,
        {
          elementId,
          level: level === null ? null : Math.round(Number(level) * 100),
          // written from nothing else
          proficiency: proficiency as Proficiency,
          explanation,
        },
      ]),
    );
  }

  /** Descriptions of a gap, by element id. */
  async gapDescriptions(replyId: number): Promise<ReadonlyMap<string, string>> {
    const rows = await this.unitOfWork.query((manager) => manager.findBy(LlmGapDescription, { replyId }));
    return new Map(rows.map(({ element_id: elementId, description }) => [elementId, description]));
  }

  /** How many replies to this question could not be used within the last so many ms. */
  rejections(hash: string, withinMs: number): Promise<number> {
    return this.countRejections(hash, `reply.created_at > ${this.unitOfWork.nowMs} - ?`, [withinMs]);
  }

  /** How many a job got since it was begun; one that is retried by an admin is begun anew. */
  async rejectionsOfJob(hash: string, jobId: string): Promise<number> {
    const job = await this.unitOfWork.query((manager) => manager.findOneBy(Job, { id: jobId }));
    const since = job?.startedAt?.getTime() ?? 0;
    return this.countRejections(hash, 'reply.job_id = ? AND reply.created_at >= ?', [jobId, since - CLOCKS_DIFFER_MS]);
  }

  private async countRejections(hash: string, condition: string, values: readonly SqlValue[]): Promise<number> {
    const rows: { found: number | string }[] = await this.unitOfWork.query((manager) =>
      manager.query(
        `SELECT COUNT(*) AS found FROM llm_requests request JOIN llm_replies reply ON reply.request_id = request.id
          WHERE request.prompt_hash = ? AND reply.outcome = 'rejected' AND ${condition}`,
        [hash, ...values],
      ),
    );
    return Number(rows[0]?.found ?? 0);
  }

  /** Keeps a call with its question, and what was understood of the reply: all of it, or nothing. */
  async record(
    question: Question,
    model: string,
    call: MadeCall,
    understood: UnderstoodReply | null,
  ): Promise<AcceptedReply> {
    const requestId = await this.requestId(question, model);
    const { jobId, outcome, reason, answer, latencyMs } = call;
    const text = answer?.text ?? null;
    // one that does not say which it is goes by the name that was asked for
    const modelVersion = answer?.modelVersion ?? (outcome === 'accepted' ? model : null);
    const { replyId, answeredAt } = await this.unitOfWork.run(async (manager) => {
      const now = await this.unitOfWork.now(manager);
      const { identifiers } = await manager.insert(LlmReply, {
        requestId,
        jobId,
        outcome,
        reason: reason?.slice(0, MAX_REASON) ?? null,
        modelVersion,
        reply: text === null ? null : wholeCharacters(text, MAX_KEPT_BYTES),
        promptTokens: answer?.promptTokens ?? null,
        replyTokens: answer?.replyTokens ?? null,
        latencyMs,
        createdAt: now,
      });
      const id = (identifiers[0] as { id: number }).id;
      await this.insertUnderstood(manager, id, understood);
      return { replyId: id, answeredAt: now };
    });
    return { replyId, answeredAt, modelVersion: modelVersion ?? model, promptVersion: question.promptVersion };
  }

  private async insertUnderstood(
    manager: EntityManager,
    replyId: number,
    understood: UnderstoodReply | null,
  ): Promise<void> {
    if (understood === null) return;
    if (isAssessment(understood)) {
      await this.unitOfWork.insertRows(
        manager,
        'llm_skill_assessments',
        ['reply_id', 'element_id', 'level', 'proficiency', 'explanation'],
        understood.map(({ elementId, level, proficiency, explanation }) => [
          replyId,
          elementId,
          level === null ? null : level / 100,
          proficiency,
          explanation,
        ]),
      );
    } else {
      await this.unitOfWork.insertRows(
        manager,
        'llm_gap_descriptions',
        ['reply_id', 'element_id', 'description'],
        [...understood].map(([elementId, description]) => [replyId, elementId, description]),
      );
    }
  }

  /** The row of a question, which is made where it is asked for the first time. */
  private async requestId(question: Question, model: string): Promise<number> {
    const found = await this.findRequest(question.hash, model);
    if (found !== null) return found;
    try {
      return await this.unitOfWork.run(async (manager) => {
        const { identifiers } = await manager.insert(LlmRequest, {
          kind: question.kind,
          onetsoc_code: question.code,
          from_onetsoc_code: question.fromCode,
          model,
          promptVersion: question.promptVersion,
          promptHash: question.hash,
          prompt: promptOf(question),
          responseSchema: JSON.stringify(toJsonSchema(question.schema)),
          createdAt: await this.unitOfWork.now(manager),
        });
        return (identifiers[0] as { id: number }).id;
      });
    } catch (error) {
      // another process was faster
      const other = isDuplicateKey(error) ? await this.findRequest(question.hash, model) : null;
      if (other === null) throw error;
      return other;
    }
  }

  private async findRequest(promptHash: string, model: string): Promise<number | null> {
    const request = await this.unitOfWork.query((manager) =>
      manager.findOne(LlmRequest, { select: { id: true }, where: { promptHash, model } }),
    );
    return request?.id ?? null;
  }
}

/** All text that the model is given. */
export function promptOf({ instruction, prompt }: Pick<Question, 'instruction' | 'prompt'>): string {
  return `${instruction}\n\n${prompt}`;
}

function isAssessment(understood: UnderstoodReply): understood is readonly AssessedSkill[] {
  return Array.isArray(understood);
}

/** The beginning of a text, in whole characters. */
function wholeCharacters(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= maxBytes
    ? text
    : bytes
        .subarray(0, maxBytes)
        .toString('utf8')
        .replace(/\uFFFD+$/, '');
}

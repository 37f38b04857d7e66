import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { OnetSocCode } from '@app/common';
import { needingDatabase } from '@app/database';
import { findRatedOccupations, type ReleaseSnapshot } from '@app/occupations';
import { STORE_AWAY } from '../llm-errors';
import { assessmentQuestion } from '../prompts/assessment-prompt';
import type { Question } from '../prompts/question';
import type { AssessedSkill } from '../replies/assessment-reply';
import { CurrentModel } from '../store/current-model';
import { LlmStore, type AcceptedReply } from '../store/llm-store.service';
import type { Assessment } from './assessment';

/** Each has some 10 kB. */
const MAX_HELD = 2000;

/** An assessment that is there. */
export interface StoredAssessment {
  readonly assessment: Assessment;
  /** Whether it is by the model that answers now, and not by an earlier one. */
  readonly isCurrent: boolean;
}

/** Assessments that are stored: the recent ones from memory. */
@Injectable()
export class AssessmentsService {
  private readonly held = new LRUCache<string, Assessment>({ max: MAX_HELD });
  /** Of the questions about single occupations: a prompt is long, and made from anew in no time. */
  private readonly hashes = new WeakMap<ReleaseSnapshot, Map<OnetSocCode, string>>();

  constructor(
    private readonly store: LlmStore,
    private readonly model: CurrentModel,
  ) {}

  /**
   * What the LLM is asked about an occupation.
   *
   * @param from an occupation in whose light the explanations are to be
   * @throws OccupationNotFoundError, OccupationNotRatedError
   */
  question(snapshot: ReleaseSnapshot, code: OnetSocCode, from: OnetSocCode | null = null): Question {
    if (from === null) {
      const [occupation] = findRatedOccupations(snapshot, [{ parameter: 'code', code }]);
      return assessmentQuestion(occupation, snapshot.skills);
    }
    const [occupation, other] = findRatedOccupations(snapshot, [
      { parameter: 'code', code },
      { parameter: 'from', code: from },
    ]);
    return assessmentQuestion(occupation, snapshot.skills, other);
  }

  /** Hash of what the LLM is asked about an occupation. @throws OccupationNotFoundError, OccupationNotRatedError */
  hashOf(snapshot: ReleaseSnapshot, code: OnetSocCode): string {
    const known = this.hashes.get(snapshot) ?? new Map<OnetSocCode, string>();
    this.hashes.set(snapshot, known);
    const hash = known.get(code) ?? this.question(snapshot, code).hash;
    known.set(code, hash);
    return hash;
  }

  /** The assessment by the present model, where this process holds it in memory. */
  recall(snapshot: ReleaseSnapshot, code: OnetSocCode): Assessment | null {
    const version = this.model.lastKnown();
    return version === null ? null : (this.held.get(keyOf(this.hashOf(snapshot, code), version)) ?? null);
  }

  /** The assessment by the present model; null where there is none, or only one by an earlier model. */
  async find(snapshot: ReleaseSnapshot, question: Question): Promise<Assessment | null> {
    const version = await this.model.now();
    if (version === null) return null;
    const held = this.held.get(keyOf(question.hash, version));
    if (held !== undefined) return held;
    const reply = (await this.store.acceptedReplies(question.hash)).find(
      ({ modelVersion }) => modelVersion === version,
    );
    return reply === undefined ? null : this.read(snapshot, question, reply);
  }

  /** All assessments there are of an occupation, the newest first, each by another model. */
  async all(snapshot: ReleaseSnapshot, question: Question): Promise<Assessment[]> {
    const assessments: Assessment[] = [];
    for (const reply of await this.store.acceptedReplies(question.hash)) {
      assessments.push(await this.read(snapshot, question, reply));
    }
    return assessments;
  }

  /**
   * The newest assessment there is, and whether it is by the model that answers now; null where there is none. Asks
   * nobody.
   *
   * @throws OccupationNotFoundError, OccupationNotRatedError, AppError `DATABASE_UNAVAILABLE`
   */
  latest(snapshot: ReleaseSnapshot, code: OnetSocCode): Promise<StoredAssessment | null> {
    const question = this.question(snapshot, code);
    return needingDatabase(STORE_AWAY, async () => {
      const current = await this.find(snapshot, question);
      if (current !== null) return { assessment: current, isCurrent: true };
      const [newest] = await this.all(snapshot, question);
      return newest === undefined ? null : { assessment: newest, isCurrent: false };
    });
  }

  private async read(snapshot: ReleaseSnapshot, question: Question, reply: AcceptedReply): Promise<Assessment> {
    const key = keyOf(question.hash, reply.modelVersion);
    const held = this.held.get(key);
    if (held?.replyId === reply.replyId) return held;
    const assessed = await this.store.assessedSkills(reply.replyId);
    const skills = snapshot.skills.map(({ elementId }) => skillOf(assessed, elementId, reply));
    const assessment: Assessment = { ...reply, code: question.code, skills };
    this.held.set(key, assessment);
    return assessment;
  }
}

function keyOf(hash: string, modelVersion: string): string {
  return `${hash} ${modelVersion}`;
}

function skillOf(
  assessed: ReadonlyMap<string, AssessedSkill>,
  elementId: string,
  { replyId }: AcceptedReply,
): AssessedSkill {
  const skill = assessed.get(elementId);
  // the skills are part of the question, and a reply is kept whole
  if (skill === undefined) throw new Error(`Reply ${replyId} of the LLM lacks the skill ${elementId}`);
  return skill;
}

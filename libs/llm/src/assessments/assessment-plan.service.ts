import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError, type OnetSocCode } from '@app/common';
import { findRatedOccupations, isRated, type ReleaseSnapshot } from '@app/occupations';
import { LlmBudget } from '../calls/llm-budget';
import { CurrentModel } from '../store/current-model';
import { LlmUsage } from '../store/llm-usage.service';
import { AssessmentsService } from './assessments.service';

/** Characters of English text that make up a token, by and large. */
const CHARACTERS_A_TOKEN = 4;
/** Of a reply, where none has been counted yet. */
const TOKENS_A_SKILL = 75;
/** Questions made in one go: few enough that requests are answered in between. */
const QUESTIONS_A_TURN = 20;

/** Which occupations are to be assessed. */
export interface AssessmentsToDo {
  /** Those that are asked for, in order of their codes. */
  readonly occupations: readonly OnetSocCode[];
  /** Those of them that the LLM would have to be asked about. */
  readonly missing: readonly OnetSocCode[];
}

/** What it would take to have occupations assessed. */
export interface AssessmentPlan extends AssessmentsToDo {
  /** Estimated from the length of the prompts. */
  readonly promptTokens: number;
  /** Estimated from earlier replies, or from the number of skills. */
  readonly replyTokens: number;
  /** How many calls there may still be today. */
  readonly callsLeftToday: number;
}

/** Finds out what there is to do, without asking the LLM. */
@Injectable()
export class AssessmentPlanService {
  constructor(
    private readonly assessments: AssessmentsService,
    private readonly model: CurrentModel,
    private readonly usage: LlmUsage,
    private readonly budget: LlmBudget,
  ) {}

  /**
   * @param codes null for all rated occupations
   * @throws AppError `OCCUPATION_NOT_FOUND`, `OCCUPATION_NOT_RATED` with pointers into a body that has the codes
   */
  async toDo(snapshot: ReleaseSnapshot, codes: readonly OnetSocCode[] | null): Promise<AssessmentsToDo> {
    const occupations = codes === null ? ratedCodes(snapshot) : demandRated(snapshot, codes);
    const version = await this.model.now();
    const assessed = version === null ? new Set<string>() : await this.usage.assessedHashes(version);
    const missing: OnetSocCode[] = [];
    for (const [index, code] of occupations.entries()) {
      if (index % QUESTIONS_A_TURN === 0) await nextTurn();
      if (!assessed.has(this.assessments.hashOf(snapshot, code))) missing.push(code);
    }
    return { occupations, missing };
  }

  /**
   * @param codes null for all rated occupations
   * @throws AppError `OCCUPATION_NOT_FOUND`, `OCCUPATION_NOT_RATED` with pointers into a body that has the codes
   */
  async plan(snapshot: ReleaseSnapshot, codes: readonly OnetSocCode[] | null): Promise<AssessmentPlan> {
    const { occupations, missing } = await this.toDo(snapshot, codes);
    let characters = 0;
    for (const [index, code] of missing.entries()) {
      if (index % QUESTIONS_A_TURN === 0) await nextTurn();
      const { instruction, prompt, schema } = this.assessments.question(snapshot, code);
      characters += instruction.length + prompt.length + JSON.stringify(schema).length;
    }
    const replyTokens = (await this.usage.averageReplyTokens()) ?? TOKENS_A_SKILL * snapshot.skills.length;
    return {
      occupations,
      missing,
      promptTokens: Math.ceil(characters / CHARACTERS_A_TOKEN),
      replyTokens: Math.ceil(replyTokens * missing.length),
      callsLeftToday: await this.budget.left(),
    };
  }
}

function ratedCodes({ occupations }: ReleaseSnapshot): OnetSocCode[] {
  return occupations.filter(isRated).map(({ code }) => code);
}

/**
 * Codes, each once and in order.
 *
 * @throws AppError `OCCUPATION_NOT_FOUND`, `OCCUPATION_NOT_RATED` with pointers into a body that has the codes
 */
export function demandRated(snapshot: ReleaseSnapshot, codes: readonly OnetSocCode[]): OnetSocCode[] {
  try {
    findRatedOccupations(
      snapshot,
      codes.map((code, index) => ({ parameter: `/codes/${index}`, code })),
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = error.errors.map((fault) =>
      'parameter' in fault ? { pointer: fault.parameter, message: fault.message } : fault,
    );
    throw new AppError(error.code, error.detail, errors, { cause: error });
  }
  return [...new Set(codes)].sort();
}

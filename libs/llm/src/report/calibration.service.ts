import { Injectable } from '@nestjs/common';
import { SnapshotStore, type SnapshotSkill } from '@app/occupations';
import { AssessmentPlanService } from '../assessments/assessment-plan.service';
import { AssessmentsService } from '../assessments/assessments.service';
import { CurrentModel } from '../store/current-model';
import { LlmUsage, type LlmUsageRow } from '../store/llm-usage.service';
import { comparedLevels } from './compare';
import { agreementOf, type Agreement, type LevelPair } from './statistics';

/** How far the LLM's levels are from O*NET's, and what they have cost. */
export interface CalibrationReport {
  /** Version of the release that they are compared with. */
  readonly release: string;
  /** The model that answers now; null where none has answered yet. */
  readonly modelVersion: string | null;
  /** Occupations that are rated in the release. */
  readonly occupations: number;
  /** Those of them that this model has assessed. */
  readonly assessed: number;
  /** Levels that it could not say. */
  readonly unknownLevels: number;
  readonly overall: Agreement;
  /** In element order. */
  readonly skills: readonly { readonly skill: SnapshotSkill; readonly agreement: Agreement }[];
  /** All calls there were, of any model. */
  readonly usage: readonly LlmUsageRow[];
}

/** Compares what the LLM has assessed with what O*NET says. */
@Injectable()
export class CalibrationService {
  constructor(
    private readonly snapshots: SnapshotStore,
    private readonly plans: AssessmentPlanService,
    private readonly assessments: AssessmentsService,
    private readonly model: CurrentModel,
    private readonly usage: LlmUsage,
  ) {}

  async report(): Promise<CalibrationReport> {
    const snapshot = this.snapshots.require();
    const { occupations, missing } = await this.plans.toDo(snapshot, null);
    const pairs: LevelPair[][] = snapshot.skills.map(() => []);
    const unassessed = new Set(missing);
    let [assessed, unknownLevels] = [0, 0];
    for (const code of occupations) {
      if (unassessed.has(code)) continue;
      const assessment = await this.assessments.find(snapshot, this.assessments.question(snapshot, code));
      if (assessment === null) continue;
      assessed++;
      for (const [index, pair] of comparedLevels(snapshot, assessment).entries()) {
        if (pair === null) unknownLevels++;
        else pairs[index]?.push(pair);
      }
    }
    return {
      release: snapshot.release.version,
      modelVersion: await this.model.now(),
      occupations: occupations.length,
      assessed,
      unknownLevels,
      overall: agreementOf(pairs.flat()),
      skills: snapshot.skills.map((skill, index) => ({ skill, agreement: agreementOf(pairs[index] ?? []) })),
      usage: await this.usage.totals(),
    };
  }
}

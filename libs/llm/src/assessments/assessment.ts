import type { OnetSocCode } from '@app/common';
import type { AcceptedReply } from '../store/llm-store.service';
import type { AssessedSkill } from '../replies/assessment-reply';

/** Levels of an occupation's skills as the LLM sees them; O*NET's own are never touched by it. */
export interface Assessment extends AcceptedReply {
  readonly code: OnetSocCode;
  /** In the order of the skills of the release. */
  readonly skills: readonly AssessedSkill[];
}

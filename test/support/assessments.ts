import type { Assessment } from '@app/llm';
import { SKILLS, soc } from './snapshots';

/** A made-up assessment of {@link SKILLS}. @param levels in hundredths, in element order */
export function assessmentOf(code: string, levels: readonly (number | null)[], skills = SKILLS): Assessment {
  return {
    code: soc(code),
    replyId: 1,
    modelVersion: 'gemini-3.5-flash',
    promptVersion: 'assessment-1',
    answeredAt: 0,
    skills: skills.map(({ elementId, name }, index) => {
      const level = levels[index] ?? null;
      const proficiency = level === 0 ? 'Not needed' : 'Novice';
      return { elementId, level, proficiency, explanation: `Why ${code} needs ${name}.` };
    }),
  };
}

import { assessmentOf } from '../../../../test/support/assessments';
import { completeRatings, makeSnapshot } from '../../../../test/support/snapshots';
import { comparedLevels } from './compare';

const SNAPSHOT = makeSnapshot([
  { code: '15-1252.00', title: 'Software Developers', ratings: completeRatings('15-1252.00', ['4.12', '0', '5.5']) },
  { code: '55-1011.00', title: 'Officers' },
]);

describe('comparedLevels', () => {
  it('puts the levels of both side by side, and leaves out what the LLM cannot say', () => {
    expect(comparedLevels(SNAPSHOT, assessmentOf('15-1252.00', [400, null, 700]))).toEqual([
      { llm: 400, onet: 412 },
      null,
      { llm: 700, onet: 550 },
    ]);
  });

  it.each(['55-1011.00', '99-9999.99'])('compares nothing of %s, which has no levels of O*NET', (code) => {
    expect(() => comparedLevels(SNAPSHOT, assessmentOf(code, [0, 0, 0]))).toThrow(`${code} is not rated`);
  });
});

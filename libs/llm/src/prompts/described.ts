import type { SnapshotOccupation, SnapshotSkill } from '@app/occupations';

/** Words for levels, as every prompt gives them. */
export const LEVEL_SCALE =
  'Levels are on the O*NET LV scale from 0 to 7, with up to two decimals: 0 Not needed; above 0 to 1.4 Novice; 1.5 to ' +
  '2.9 Beginner; 3 to 4.4 Intermediate; 4.5 to 5.9 Advanced; 6 to 7 Expert. What a level means differs from skill to ' +
  'skill: where a skill has level_anchors, they say what its levels 2, 4 and 6, or thereabouts, look like.';

/** An occupation as data of a prompt. */
export function describedOccupation({ code, title, description }: SnapshotOccupation): object {
  return { onet_soc_code: code, title, description };
}

/** A skill as data of a prompt, with what the release says of it. */
export function describedSkill({ elementId, name, description, anchors }: SnapshotSkill): object {
  return {
    name,
    element_id: elementId,
    ...(description === null ? {} : { description }),
    ...(anchors.length === 0
      ? {}
      : { level_anchors: anchors.map((anchor) => ({ level: anchor.level, example: anchor.description })) }),
  };
}

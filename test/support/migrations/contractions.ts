/** Migrations that nobody has run side by side with an older version, since there was none. The list is closed. */
export const BEFORE_THE_FIRST_RELEASE: readonly string[] = [
  'InitialSchema1795200000000',
  'Jobs1795300000000',
  'WebServices1795400000000',
  'SkillTexts1795500000000',
  'Llm1795600000000',
  'JobRequestId1795700000000',
];

/**
 * What migrations take away from older versions, by the name of the migration: the one place where that is allowed.
 *
 * To take something away, a version stops using it first. A later version has the migration, whose name tells the newest
 * migration of the version that has stopped (`DropJobOwnerAfter1795900000000At1796000000000`; where that version has none of
 * its own, it gets an empty one): processes that are older do not start on the database any more.
 */
export const CONTRACTIONS: Readonly<Record<string, readonly string[]>> = {
  Jobs1795300000000: [
    'ingestions refers to jobs by id',
    'ingestions.finished_at is gone',
    'ingestions.state is gone',
    'landing_occupations has another primary key',
    'landing_scales has another primary key',
    'landing_skills has another primary key',
    'rejected_rows has another primary key',
    // on SQLite, where a key is changed by way of another table
    'rows of landing_occupations are changed',
    'rows of landing_scales are changed',
    'rows of landing_skills are changed',
    'rows of rejected_rows are changed',
  ],
  SkillTexts1795500000000: [
    'ingestions is held on to by landing_elements',
    'ingestions is held on to by landing_level_anchors',
  ],
};

/** How often an element id and name stand together in the landed skill ratings. */
export interface ElementCount {
  readonly element_id: string | null;
  readonly element_name: string | null;
  readonly rows: number;
}

/** O*NET's skills: 2.A are the basic (essential) ones, 2.B the cross-functional (transferable) ones. */
const SKILL_ELEMENT = /^2\.[AB](\.[0-9a-z]{1,3}){1,4}$/;
const MAX_NAME = 255;

/**
 * The skills of a release: the elements its ratings speak of. The three tables list elements nowhere else, so a mistyped
 * id must not pass for one more skill, which no occupation would be complete in: an element with less than half the
 * rows of the most frequent one is none, and of several names for an id the most frequent one counts.
 *
 * @returns names by element id
 */
export function skillElements(counts: readonly ElementCount[]): Map<string, string> {
  const total = new Map<string, number>();
  const names = new Map<string, { name: string; rows: number }>();
  for (const { element_id, element_name, rows } of counts) {
    // MySQL counts "x" and "x " as one, under either name; rows are compared exactly later on
    const id = element_id?.trim() ?? '';
    const name = element_name?.trim() ?? '';
    if (!SKILL_ELEMENT.test(id) || name === '' || name.length > MAX_NAME) continue;
    total.set(id, (total.get(id) ?? 0) + rows);
    if (rows > (names.get(id)?.rows ?? 0)) names.set(id, { name, rows });
  }
  const most = Math.max(0, ...total.values());
  const skills = new Map<string, string>();
  for (const [id, { name }] of names) {
    if ((total.get(id) ?? 0) * 2 >= most) skills.set(id, name);
  }
  return skills;
}

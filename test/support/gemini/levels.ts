/** Top of O*NET's LV scale. */
const HIGHEST = 7;
/** One level in so many is 0, as in O*NET's own figures. */
const ZEROES = 8;

const DESCRIPTIONS = ['Novice', 'Beginner', 'Intermediate', 'Advanced', 'Expert'] as const;

/** The level that a skill has in an occupation: always the same, from 0 to 7 with two decimals. */
export function levelFor(code: string, skillName: string): number {
  const hash = hashOf(`${code}|${skillName}`);
  if (hash % ZEROES === 0) return 0;
  return (1 + (Math.floor(hash / ZEROES) % (HIGHEST * 100))) / 100;
}

/** The description that fits a level: five of them share what is above 0. */
export function descriptionOf(level: number): string {
  if (level <= 0) return 'Not needed';
  const step = Math.ceil((level * DESCRIPTIONS.length) / HIGHEST);
  return DESCRIPTIONS[Math.min(step, DESCRIPTIONS.length) - 1] ?? DESCRIPTIONS[0];
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

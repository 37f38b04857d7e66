/**
 * Orders element ids as O*NET does: part by part, numbers by value (`2.B.9.a` before `2.B.10.a`).
 */
export function compareElementIds(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = compareParts(left[i] ?? '', right[i] ?? '');
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function compareParts(a: string, b: string): number {
  const byValue = Number(a) - Number(b);
  if (!Number.isNaN(byValue) && byValue !== 0) return byValue;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Scales on which an occupation must have every skill rated to count as rated. */
export const REQUIRED_SCALES = ['IM', 'LV'] as const;

/**
 * Keeps book of the ratings met: which keys there were (to find duplicates) and which occupations are complete. Its size
 * depends on the occupations, skills and scales of the release, not on the number of rows.
 */
export class RatingLedger {
  private readonly columns: ReadonlyMap<string, number>;
  private readonly lines = new Map<string, Int32Array | null>();
  private readonly touched = new Set<string>();

  constructor(
    codes: Iterable<string>,
    private readonly elementIds: readonly string[],
    scaleIds: readonly string[],
  ) {
    for (const code of codes) this.lines.set(code, null);
    const keys = elementIds.flatMap((elementId) => scaleIds.map((scaleId) => cellKey(elementId, scaleId)));
    this.columns = new Map(keys.map((key, index) => [key, index]));
  }

  /** Whether the code is an occupation of the release. */
  knows(code: string): boolean {
    if (!this.lines.has(code)) return false;
    // even a row that is rejected later on shows that the occupation was meant to be rated
    this.touched.add(code);
    return true;
  }

  /** Enters a rating; returns the line that had the same key before, if any. */
  enter(code: string, elementId: string, scaleId: string, line: number): number | null {
    let lines = this.lines.get(code) ?? null;
    if (lines === null) {
      lines = new Int32Array(this.columns.size);
      this.lines.set(code, lines);
    }
    const column = this.columns.get(cellKey(elementId, scaleId));
    if (column === undefined) throw new RangeError(`${elementId} on ${scaleId} is not part of this ledger`);
    const first = lines[column] ?? 0;
    if (first !== 0) return first;
    lines[column] = line;
    return null;
  }

  /** Occupations with ratings: complete ones, and those for which something is missing. */
  summary(): { readonly rated: number; readonly incomplete: readonly string[] } {
    const required = this.elementIds.flatMap((elementId) =>
      REQUIRED_SCALES.map((scaleId) => this.columns.get(cellKey(elementId, scaleId)) ?? -1),
    );
    const incomplete = [...this.touched].filter((code) => {
      const lines = this.lines.get(code);
      return required.length === 0 || required.some((column) => (lines?.[column] ?? 0) === 0);
    });
    return { rated: this.touched.size - incomplete.length, incomplete };
  }
}

function cellKey(elementId: string, scaleId: string): string {
  return `${elementId} ${scaleId}`;
}

import type { RatingColumns } from './release-content';

/** A row of `occupation_skills` as a driver returns it; MySQL's returns decimals as strings. */
export interface RatingRow {
  readonly onetsoc_code: string;
  readonly element_id: string;
  readonly scale_id: string;
  readonly data_value: string | number;
  readonly n: number | null;
  readonly standard_error: string | number | null;
  readonly recommend_suppress: string | null;
  readonly not_relevant: string | null;
}

/** Collects ratings occupation by occupation into columns; only occupations with complete ratings get a row. */
export class RatingTable {
  private readonly skillIndex: ReadonlyMap<string, number>;
  private readonly level: RatingColumns;
  private readonly importance: RatingColumns;
  private rows = 0;
  private seen = 0;

  constructor(elementIds: readonly string[], capacity: number) {
    this.skillIndex = new Map(elementIds.map((elementId, index) => [elementId, index]));
    this.level = emptyColumns(capacity * elementIds.length);
    this.importance = emptyColumns(capacity * elementIds.length);
  }

  /** Rows given so far, on whatever scale. */
  get rowsSeen(): number {
    return this.seen;
  }

  /** Takes all rows of one occupation; tells its row (-1 where it is not rated) and how many ratings were found. */
  add(ratings: readonly RatingRow[]): { row: number; ratingCount: number } {
    this.seen += ratings.length;
    let ratingCount = 0;
    for (const rating of ratings) {
      const columns = this.columnsOf(rating.scale_id);
      const skill = this.skillIndex.get(rating.element_id);
      if (columns === null || skill === undefined) continue;
      write(columns, this.rows * this.skillIndex.size + skill, rating);
      ratingCount++;
    }
    const rated = this.skillIndex.size > 0 && ratingCount === 2 * this.skillIndex.size;
    // an incomplete row is not advanced past: the next occupation overwrites it
    return { row: rated ? this.rows++ : -1, ratingCount };
  }

  columns(): { level: RatingColumns; importance: RatingColumns } {
    const cells = this.rows * this.skillIndex.size;
    return { level: cut(this.level, cells), importance: cut(this.importance, cells) };
  }

  private columnsOf(scaleId: string): RatingColumns | null {
    if (scaleId === 'LV') return this.level;
    return scaleId === 'IM' ? this.importance : null;
  }
}

function write(columns: RatingColumns, cell: number, rating: RatingRow): void {
  columns.values[cell] = Math.round(Number(rating.data_value) * 100);
  columns.n[cell] = rating.n ?? -1;
  columns.standardErrors[cell] =
    rating.standard_error === null ? -1 : Math.round(Number(rating.standard_error) * 10_000);
  columns.recommendSuppress[cell] = rating.recommend_suppress === 'Y' ? 1 : 0;
  columns.notRelevant[cell] = rating.not_relevant === null ? 0 : rating.not_relevant === 'Y' ? 2 : 1;
}

function emptyColumns(cells: number): RatingColumns {
  return {
    values: new Int16Array(cells),
    n: new Int32Array(cells),
    standardErrors: new Int32Array(cells),
    recommendSuppress: new Uint8Array(cells),
    notRelevant: new Uint8Array(cells),
  };
}

function cut(columns: RatingColumns, cells: number): RatingColumns {
  return {
    values: columns.values.slice(0, cells),
    n: columns.n.slice(0, cells),
    standardErrors: columns.standardErrors.slice(0, cells),
    recommendSuppress: columns.recommendSuppress.slice(0, cells),
    notRelevant: columns.notRelevant.slice(0, cells),
  };
}

/** Steps of an ingestion, in order. */
export type IngestionStage = 'comparing' | 'downloading' | 'pulling' | 'landing' | 'normalising' | 'activating';

/** How far a step is; `total` is null where it is not known. Bytes while downloading, and landing files; else rows. */
export interface Progress {
  readonly stage: IngestionStage;
  readonly done: number;
  readonly total: number | null;
}

export type ProgressListener = (progress: Progress) => void;

import type { ValueTransformer } from 'typeorm';

/** Drivers give large integers as text. */
export const milliseconds: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

/** Kinds of fault for which a row is not used. The first four are found on landing, the others on normalisation. */
export type RejectionCode =
  | 'BAD_ENCODING'
  | 'LINE_TOO_LONG'
  | 'TOO_FEW_COLUMNS'
  | 'TOO_MANY_COLUMNS'
  | 'BAD_CHARACTER'
  | 'BAD_CODE'
  | 'BAD_ELEMENT_ID'
  | 'BAD_DATE'
  | 'BAD_FLAG'
  | 'DUPLICATE_KEY'
  | 'MISSING_VALUE'
  | 'NOT_A_NUMBER'
  | 'OUT_OF_SCALE'
  | 'UNKNOWN_ELEMENT'
  | 'UNKNOWN_OCCUPATION'
  | 'UNKNOWN_SCALE'
  | 'VALUE_TOO_LONG';

/** Why a row is not used; `reason` names the column and the value. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly reason: string;
}

/** What a rule makes of a landing row; one that is fine, but about what nobody asks for, is not needed. */
export type RuleResult<T> = { readonly row: T } | { readonly rejection: Rejection } | { readonly unneeded: true };

/** What a rule returns for a row that is not needed. */
export const UNNEEDED = Symbol('unneeded');

/** A fault that a parser of a value meets; rules turn it into a rejection. */
export class RowFault extends Error {
  constructor(
    readonly code: RejectionCode,
    reason: string,
  ) {
    super(reason);
  }
}

/**
 * Takes a key for a row.
 *
 * @param firstLines line of each key met so far; this one is added
 * @throws RowFault `DUPLICATE_KEY` where an earlier line has it
 */
export function claimKey(firstLines: Map<string, number>, key: string, line: number): void {
  const first = firstLines.get(key);
  if (first !== undefined) {
    throw new RowFault('DUPLICATE_KEY', `${key} was given in line ${first} already; that line is used`);
  }
  firstLines.set(key, line);
}

/** Runs a rule, with its first fault as the rejection. @throws whatever is not a fault of the row */
export function applyRule<T>(rule: () => T | typeof UNNEEDED): RuleResult<T> {
  try {
    const row = rule();
    return row === UNNEEDED ? { unneeded: true } : { row };
  } catch (error) {
    if (error instanceof RowFault) return { rejection: { code: error.code, reason: error.message } };
    throw error;
  }
}

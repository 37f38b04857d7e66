/** Kinds of fault for which a row is not used. The first four are found on landing, the others on normalisation. */
export type RejectionCode =
  | 'BAD_ENCODING'
  | 'LINE_TOO_LONG'
  | 'TOO_FEW_COLUMNS'
  | 'TOO_MANY_COLUMNS'
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

/** What a rule makes of a landing row. */
export type RuleResult<T> = { readonly row: T } | { readonly rejection: Rejection };

/** A fault that a parser of a value meets; rules turn it into a rejection. */
export class RowFault extends Error {
  constructor(
    readonly code: RejectionCode,
    reason: string,
  ) {
    super(reason);
  }
}

/** Runs a rule, with its first fault as the rejection. @throws whatever is not a fault of the row */
export function applyRule<T>(rule: () => T): RuleResult<T> {
  try {
    return { row: rule() };
  } catch (error) {
    if (error instanceof RowFault) return { rejection: { code: error.code, reason: error.message } };
    throw error;
  }
}

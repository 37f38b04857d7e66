import { QueryError } from './query-error';
import { CODE_COLUMN, type OnetRow, type OnetTable, type OnetValue } from './tables';

/** A condition on rows. */
export interface Filter {
  readonly matches: (row: OnetRow) => boolean;
  /** The occupation that is asked for, where the filter asks for exactly one. */
  readonly code: string | null;
}

/** O*NET ignores case in every filter on text. */
const TEXT_OPERATORS: ReadonlyMap<string, (value: string, wanted: string) => boolean> = new Map([
  ['eq', (value: string, wanted: string) => value === wanted],
  ['contains', (value: string, wanted: string) => value.includes(wanted)],
  ['startswith', (value: string, wanted: string) => value.startsWith(wanted)],
]);

const ORDER_OPERATORS: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ['eq', (order: number) => order === 0],
  ['lt', (order: number) => order < 0],
  ['lte', (order: number) => order <= 0],
  ['gt', (order: number) => order > 0],
  ['gte', (order: number) => order >= 0],
]);

/**
 * Reads `column.operator.value`; the value may have dots of its own.
 *
 * @throws QueryError
 */
export function parseFilter(text: string, table: OnetTable): Filter {
  const [, columnId = '', operator = '', wanted] = /^([^.]*)\.([^.]*)\.(.*)$/s.exec(text) ?? [];
  if (wanted === undefined) throw new QueryError(`The filter "${text}" is not of the form column.operator.value.`);
  const column = table.column(columnId);
  if (column === undefined) throw new QueryError(`The filter column "${columnId}" is unknown.`);
  return {
    matches: conditionOn(column.type, operator, wanted, (row) => row[columnId] ?? null),
    code: columnId === CODE_COLUMN && operator === 'eq' ? wanted : null,
  };
}

function conditionOn(
  type: 'Text' | 'Number' | 'Date',
  operator: string,
  wanted: string,
  valueOf: (row: OnetRow) => OnetValue,
): Filter['matches'] {
  const known = <T>(operators: ReadonlyMap<string, T>): T => {
    const found = operators.get(operator);
    if (found !== undefined) return found;
    throw new QueryError(`The filter operator "${operator}" is unknown for a column of type ${type}.`);
  };
  if (type === 'Text') {
    const holds = known(TEXT_OPERATORS);
    const lowerCase = wanted.toLowerCase();
    return (row) => {
      const value = valueOf(row);
      return typeof value === 'string' && holds(value.toLowerCase(), lowerCase);
    };
  }
  const holds = known(ORDER_OPERATORS);
  const figure = type === 'Number' ? toNumber(wanted) : toDate(wanted);
  return (row) => {
    const value = valueOf(row);
    return typeof value === typeof figure && holds(compareValues(value, figure));
  };
}

function toNumber(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new QueryError(`"${text}" is not a number.`);
}

function toDate(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return text;
  throw new QueryError(`"${text}" is not a date.`);
}

/** Below 0 where one comes before the other; values that are missing come first. */
export function compareValues(one: OnetValue, other: OnetValue): number {
  if (one === other) return 0;
  if (one === null) return -1;
  if (other === null) return 1;
  return one < other ? -1 : 1;
}

import { isOnetSocCode, type OnetSocCode } from '@app/common';
import { RowFault } from './rejection';

/** A landed value; the Web Services deliver null where the text files say `n/a`. */
export type LandedValue = string | null;

const MAX_SHOWN = 60;
const MAX_ELEMENT_ID = 20;

/** O*NET's ways to say that there is no value. */
function isAbsent(value: LandedValue): value is null | '' | 'n/a' {
  return value === null || value === '' || value === 'n/a';
}

/** The value as it is shown in a reason. */
export function shown(value: LandedValue): string {
  if (value === null) return 'no value';
  return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
}

export function requiredText(column: string, value: LandedValue, maxLength: number): string {
  const text = value?.trim() ?? '';
  if (text === '') throw new RowFault('MISSING_VALUE', `${column} is empty`);
  if (text.length > maxLength) {
    throw new RowFault('VALUE_TOO_LONG', `${column} has ${text.length} characters, more than ${maxLength}`);
  }
  return text;
}

export function optionalText(column: string, value: LandedValue, maxLength: number): string | null {
  return isAbsent(value) ? null : requiredText(column, value, maxLength);
}

/** A text that must be there, of one line and without anything that nobody can see: it is passed on as it is. */
export function plainText(column: string, value: LandedValue, maxLength: number): string {
  const text = requiredText(column, isAbsent(value) ? null : value, maxLength);
  const at = text.search(/\p{Cc}/u);
  if (at >= 0) {
    const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
    throw new RowFault('BAD_CHARACTER', `${column} has the control character U+${code} at place ${at + 1}`);
  }
  return text;
}

/** The id of any element of the content model. */
export function elementId(value: LandedValue): string {
  if (value === null || value.length > MAX_ELEMENT_ID || !/^[0-9a-z]{1,3}(\.[0-9a-z]{1,3})*$/i.test(value)) {
    throw new RowFault('BAD_ELEMENT_ID', `Element ID is ${shown(value)}, not of the form 2.A.1.a`);
  }
  return value;
}

export function onetSocCode(value: LandedValue): OnetSocCode {
  if (!isOnetSocCode(value)) {
    throw new RowFault('BAD_CODE', `O*NET-SOC Code is ${shown(value)}, not of the form 15-1252.00`);
  }
  return value;
}

/** A number with at most `decimals` decimals, as it was written: no digit is lost or made up. */
export function decimal(column: string, value: LandedValue, decimals: number): string {
  // there are hundreds of thousands of these: no match arrays, no parts of strings that are not needed
  if (value === null || !/^-?\d{1,3}(?:\.\d+)?$/.test(value)) {
    throw new RowFault('NOT_A_NUMBER', `${column} is ${shown(value)}, not a number`);
  }
  const point = value.indexOf('.');
  if (point < 0) return value;
  let end = value.length;
  while (value.endsWith('0', end)) end--;
  if (end - point - 1 > decimals) {
    throw new RowFault('NOT_A_NUMBER', `${column} is ${shown(value)}, with more than ${decimals} decimals`);
  }
  return value.slice(0, end === point + 1 ? point : end);
}

export function optionalDecimal(column: string, value: LandedValue, decimals: number): string | null {
  return isAbsent(value) ? null : decimal(column, value, decimals);
}

export function wholeNumber(column: string, value: LandedValue): number {
  if (!/^-?\d{1,9}$/.test(value ?? '')) {
    throw new RowFault('NOT_A_NUMBER', `${column} is ${shown(value)}, not a whole number`);
  }
  return Number(value);
}

export function optionalWholeNumber(column: string, value: LandedValue): number | null {
  return isAbsent(value) ? null : wholeNumber(column, value);
}

export function optionalFlag(column: string, value: LandedValue): 'Y' | 'N' | null {
  if (isAbsent(value)) return null;
  if (value !== 'Y' && value !== 'N') throw new RowFault('BAD_FLAG', `${column} is ${shown(value)}, not Y, N or n/a`);
  return value;
}

/** `mm/yyyy` of the text files or an ISO date of the Web Services, as the ISO date of the first of that month. */
export function optionalMonth(column: string, value: LandedValue): string | null {
  if (isAbsent(value)) return null;
  let year = '';
  let month = '';
  if (/^\d{2}\/\d{4}$/.test(value)) {
    month = value.slice(0, 2);
    year = value.slice(3);
  } else if (/^\d{4}-\d{2}-\d{2}$/.test(value)) {
    year = value.slice(0, 4);
    month = value.slice(5, 7);
  }
  if (!(Number(month) >= 1 && Number(month) <= 12)) {
    throw new RowFault('BAD_DATE', `${column} is ${shown(value)}, not a month such as 08/2023`);
  }
  return `${year}-${month}-01`;
}

import type { Table, TableColumn, TableForeignKey } from 'typeorm';

type Shape = ReadonlyMap<string, Table>;

/**
 * What a change of the schema takes away from versions that do not know of it: what they read is not there any more, or
 * what they write is refused. A change that only adds has none.
 */
export function contractionsBetween(before: Shape, after: Shape): string[] {
  const ofKept = [...before].flatMap(([name, old]) => {
    const table = after.get(name);
    return table === undefined ? [`${name} is gone`] : contractionsOf(name, old, table);
  });
  const ofNew = [...after]
    .filter(([name]) => !before.has(name))
    .flatMap(([name, table]) =>
      table.foreignKeys.filter((key) => before.has(target(key)) && holdsOn(key)).map((key) => heldOn(name, key)),
    );
  return [...ofKept, ...ofNew].sort();
}

function contractionsOf(name: string, before: Table, after: Table): string[] {
  const found: string[] = [];
  const added = after.columns.filter((column) => before.findColumnByName(column.name) === undefined);
  // a row of an older version has nothing there, and nothing refers to nothing, and is like nothing
  const leftOut = (columns: readonly string[]): boolean =>
    added.some((column) => columns.includes(column.name) && column.isNullable && !hasDefault(column));
  for (const old of before.columns) found.push(...columnContractions(name, old, after.findColumnByName(old.name)));
  for (const column of added) {
    if (!column.isNullable && !hasDefault(column) && !column.isGenerated) {
      found.push(`${name}.${column.name} must be given`);
    }
  }
  const keyOf = (table: Table): string => table.primaryColumns.map((column) => column.name).join(', ');
  if (keyOf(before) !== keyOf(after)) found.push(`${name} has another primary key`);
  const uniquesBefore = uniques(before);
  for (const columns of uniques(after)) {
    if (!uniquesBefore.includes(columns) && !leftOut(columns.split(', ')))
      found.push(`${name} is unique by ${columns}`);
  }
  const keysBefore = before.foreignKeys.map(describeKey);
  for (const key of after.foreignKeys) {
    if (!keysBefore.includes(describeKey(key)) && !leftOut(key.columnNames)) {
      found.push(`${name} refers to ${describeKey(key)}`);
    }
  }
  const checksBefore = before.checks.map(({ expression }) => expression);
  for (const { expression = '' } of after.checks) {
    if (!checksBefore.includes(expression)) found.push(`${name} is checked: ${expression}`);
  }
  return found;
}

function columnContractions(table: string, before: TableColumn, after: TableColumn | undefined): string[] {
  const name = `${table}.${before.name}`;
  if (after === undefined) return [`${name} is gone`];
  const found: string[] = [];
  const typeOf = ({ type, length, precision, scale, collation, unsigned }: TableColumn): string =>
    JSON.stringify([type, length, precision, scale, collation, unsigned]);
  if (typeOf(before) !== typeOf(after)) found.push(`${name} has another type`);
  if (before.isNullable && !after.isNullable) found.push(`${name} must not be null`);
  if (hasDefault(before) && !hasDefault(after) && !after.isNullable) found.push(`${name} must be given`);
  return found;
}

function hasDefault({ default: value }: TableColumn): boolean {
  return value !== undefined && value !== null && String(value).toUpperCase() !== 'NULL';
}

function uniques(table: Table): string[] {
  return [...table.indices.filter(({ isUnique }) => isUnique), ...table.uniques].map(({ columnNames }) =>
    columnNames.join(', '),
  );
}

function target({ referencedTableName }: TableForeignKey): string {
  return referencedTableName.split('.').at(-1) ?? referencedTableName;
}

function describeKey(key: TableForeignKey): string {
  return `${target(key)} by ${key.columnNames.join(', ')}`;
}

/** Whether a row that is referred to cannot be deleted: an older version does not know what it would have to delete before. */
function holdsOn({ onDelete }: TableForeignKey): boolean {
  return onDelete !== 'CASCADE' && onDelete !== 'SET NULL';
}

function heldOn(name: string, key: TableForeignKey): string {
  return `${target(key)} is held on to by ${name}`;
}

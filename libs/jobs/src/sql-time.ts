/** A time as both engines store it: in UTC, with milliseconds. */
export function toSqlTime(time: Date): string {
  return time.toISOString().slice(0, 23).replace('T', ' ');
}

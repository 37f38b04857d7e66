import type { JsonObject } from '../answers/json';

/** What differs between the versions of the Web Services. */
export interface Protocol {
  /** Headers that carry the credentials. */
  readonly headers: Readonly<Record<string, string>>;

  /** What must never appear in a message: the credentials. */
  readonly secrets: readonly string[];

  /** The settings that hold the credentials, for the operator. */
  readonly settings: string;

  /** The URL of the next page in a page of rows, as delivered; undefined or null where it names none. */
  nextPage(page: JsonObject): unknown;
}

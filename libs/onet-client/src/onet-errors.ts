/** What went wrong between us and the Web Services, for whoever decides about what comes next. */
export type OnetErrorKind =
  'not-configured' | 'bad-credentials' | 'no-data' | 'refused' | 'limited' | 'unreachable' | 'malformed';

/**
 * Any failure of the O*NET Web Services. The message is a sentence for operators and admins. It never holds credentials,
 * and there is never a cause: errors of the HTTP client carry the headers of the request.
 */
export abstract class OnetError extends Error {
  abstract readonly kind: OnetErrorKind;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** There are no credentials. */
export class OnetNotConfiguredError extends OnetError {
  readonly kind = 'not-configured';

  constructor() {
    super(
      'The O*NET Web Services are not configured: set ONET_API_KEY, or ONET_USERNAME and ONET_PASSWORD for version 1.9.',
    );
  }
}

/** The Web Services do not accept the credentials (401, 403). */
export class OnetCredentialsError extends OnetError {
  readonly kind = 'bad-credentials';
}

/** The Web Services have no row of what was asked for: an unknown or obsolete code, or one without such data. */
export class OnetNoDataError extends OnetError {
  readonly kind = 'no-data';
}

/** The Web Services do not answer such a request, however often it is made: a table, column or filter they do not know. */
export class OnetRefusedError extends OnetError {
  readonly kind = 'refused';
}

/** We have asked too often: by the word of the Web Services, or by our own limits. */
export class OnetLimitedError extends OnetError {
  readonly kind = 'limited';

  constructor(
    message: string,
    /** When to ask again, in ms from now. */
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

/** The Web Services were not reached, did not answer in time, or failed themselves (5xx); it may work a little later. */
export class OnetUnreachableError extends OnetError {
  readonly kind = 'unreachable';

  constructor(
    message: string,
    /** When to ask again, in ms from now; null where the Web Services did not say. */
    readonly retryAfterMs: number | null,
  ) {
    super(message);
  }
}

/** The answer is not one of the Web Services as we know them: no JSON, another shape, or figures that contradict each other. */
export class OnetMalformedError extends OnetError {
  readonly kind = 'malformed';

  /** @param fault what is wrong, such as `it is no JSON` */
  constructor(about: string, fault: string) {
    super(`What the O*NET Web Services delivered for ${about} cannot be used: ${fault}.`);
  }
}

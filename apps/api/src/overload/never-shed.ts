import { WATCHED_ROUTES } from '../health/watched-routes';

/** Whoever watches the process is answered all the same: it is busy, and not to be restarted for that. */
export const NEVER_SHED: ReadonlySet<string> = new Set(WATCHED_ROUTES);

/** What a client is told whose request is not served. */
export const SHED_DETAIL = 'The server has more requests than it can answer in time. Try again shortly.';

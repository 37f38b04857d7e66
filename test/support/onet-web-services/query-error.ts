/** A request whose parameters cannot be answered: status 422. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

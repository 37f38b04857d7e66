/** What whoever starts the stub can mend; the message is one sentence for them. */
export class StubError extends Error {
  override readonly name = 'StubError';
}

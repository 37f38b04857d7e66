import type { Answer } from './http';

/** Parts of a problem document that tests look at. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly {
    readonly parameter?: string;
    readonly pointer?: string;
    readonly message: string;
  }[];
  readonly job_id?: string;
}

/** The problem that an answer is; the client has checked already that every error is one. */
export function problemOf(answer: Answer): Problem {
  if (answer.status < 400) throw new Error(`The answer is no error: ${answer.status} ${answer.body}`);
  return answer.json() as Problem;
}

/** Status, code and the parameters at fault. */
export function gistOf(answer: Answer): string {
  const { status, code, errors = [] } = problemOf(answer);
  return [
    status,
    code,
    ...errors.map(({ parameter, pointer }) => parameter ?? (pointer === '' ? 'body' : pointer)),
  ].join(' ');
}

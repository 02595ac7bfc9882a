import type { ZodError } from 'zod';

/** What the person who caused it can mend. Translated once, in lib/action.ts for screens and lib/respond.ts for the API. */
export type AppErrorCode = 'unauthenticated' | 'forbidden' | 'not_found' | 'invalid' | 'conflict' | 'too_large' | 'unprocessable' | 'busy';

export class AppError extends Error {
  /** @param field path of the fault in the input, e.g. "all[1].where[0].op"; empty for its root. */
  constructor(
    readonly code: AppErrorCode,
    message: string,
    readonly field?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'AppError';
  }
}

/** A bug of ours: reaches the log and the error page, and is handled nowhere. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`);
}

/** The first fault zod found, in words for the person who made it, and the path to it, an unknown key included. */
export function firstFault({ issues }: ZodError): { message: string; path: PropertyKey[] } {
  const [issue] = issues;
  invariant(issue, 'a refusal names what it refuses');
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  if (key !== undefined) return { message: `There is no “${key}” here.`, path: [...issue.path, key] };
  return { message: issue.message, path: issue.path };
}

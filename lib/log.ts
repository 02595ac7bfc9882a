import pino from 'pino';

/** One JSON object a line. Log ids, counts and codes; the paths below are a second net under that rule, not the rule. */
export const log = pino({
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: {
    paths: [
      'token',
      'accessToken',
      'access_token',
      'email',
      'phone',
      'row',
      'rows',
      'authorization',
      'url',
      '*.token',
      '*.email',
      '*.phone',
      '*.authorization',
    ],
    remove: true,
  },
});

/** What may be said of an unknown error: its kind and where, never a message that may carry a statement's values or a URL. */
export function faultOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const cause = error.cause as { code?: string; constraint_name?: string; name?: string } | undefined;
  // Drizzle's error calls itself Error; what gives it away is that it carries the statement and its values.
  const fromDatabase = 'query' in error || 'params' in error || error.name === 'PostgresError';
  return {
    kind: error.name,
    message: fromDatabase ? undefined : error.message,
    code: (error as { code?: string }).code ?? cause?.code,
    constraint: (error as { constraint_name?: string }).constraint_name ?? cause?.constraint_name,
    at: error.stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 6)
      .map((line) => line.trim()),
  };
}

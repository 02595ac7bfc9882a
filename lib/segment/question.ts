import { AppError } from '@/lib/errors';
import { daySchema } from './dates';
import { type Definition, parseDefinition } from './definition';
import { oddity } from './plain-json';

/** What `reach` and `members` are asked: a definition, or the key of a saved segment; at an instant, default now. */
export type Question = { definition: Definition } | { segment: string };

/** `exact`: not to be estimated. @throws AppError invalid; within a definition the field is the path in it. */
export function parseQuestion(body: unknown, now: Date): { who: Question; at: Date; exact: boolean } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AppError('invalid', 'Send an object with "definition" or "segment".', '');
  const { definition, segment, at, exact, ...rest } = body as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new AppError('invalid', `There is no “${unknown}” here.`, unknown);
  if ((definition === undefined) === (segment === undefined))
    throw new AppError('invalid', 'Send exactly one of "definition" and "segment".', 'definition');
  if (exact !== undefined && typeof exact !== 'boolean') throw new AppError('invalid', 'exact is true or false.', 'exact');
  const who = definition === undefined ? { segment: keyOf(segment) } : { definition: parseDefinition(definition) };
  return { who, at: instantOf(at, now), exact: exact === true };
}

/** Of what is no object, none. */
export const fieldsOf = (body: unknown): Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {};

/** What `explain` is asked: the same of one profile, by one of its user ids. */
export function parseUserQuestion(body: unknown, now: Date): { who: Question; at: Date; userId: string } {
  const { userId, ...rest } = fieldsOf(body);
  if ('exact' in rest) throw new AppError('invalid', 'There is no “exact” here.', 'exact');
  const question = parseQuestion(rest, now);
  if (typeof userId !== 'string' || userId === '' || oddity(userId)) throw new AppError('invalid', 'Name one user by its id.', 'userId');
  return { ...question, userId };
}

function keyOf(segment: unknown): string {
  if (typeof segment !== 'string' || segment === '' || oddity(segment))
    throw new AppError('invalid', 'A segment is named by its key.', 'segment');
  return segment;
}

function instantOf(at: unknown, now: Date): Date {
  if (at === undefined) return now;
  const isInstant = typeof at === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(at);
  const instant = new Date(isInstant && daySchema.safeParse(at.slice(0, 10)).success ? at : Number.NaN);
  if (Number.isNaN(instant.getTime())) throw new AppError('invalid', 'An instant such as 2026-03-16T04:30:00Z.', 'at');
  return instant;
}

import { z } from 'zod';
import type { Goal } from '@/db/reports';
import { AppError, firstFault } from '@/lib/errors';

const goalInput = z.object({
  goal: z.string().min(1).max(200),
  days: z.coerce
    .number({ error: 'A number of days.' })
    .int('A whole number.')
    .min(1, 'At least one day.')
    .max(180, 'At most 180 days.')
    .default(7),
});

/** The goal as an address says it: ?goal=Purchased&days=7; null without one. @throws AppError invalid. */
export function goalOf(query: URLSearchParams): Goal | null {
  const goal = query.get('goal');
  if (!goal) return null;
  const parsed = goalInput.safeParse({ goal, days: query.get('days') ?? undefined });
  if (!parsed.success) {
    const { message, path } = firstFault(parsed.error);
    throw new AppError('invalid', message, path.join('.'));
  }
  return { event: parsed.data.goal, days: parsed.data.days };
}

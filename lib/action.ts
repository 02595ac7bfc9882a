import 'server-only';
import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import type { Database } from '@/db/client';
import { database } from '@/db/open';
import type { Role } from '@/db/schema';
import { requireUser, roleAllows, type SignedIn } from '@/lib/auth';
import { AppError, type AppErrorCode, firstFault } from '@/lib/errors';
import { faultOf, log } from '@/lib/log';

export type ActionResult<T> = { ok: true; data: T } | { ok: false; code: AppErrorCode | 'unexpected'; message: string; field?: string };

export type ActionWorld = { user: SignedIn; db: Database; now: Date };

/**
 * The one wrapper of server actions: session, role, parse, call, translate, revalidate.
 * @param options.role least role that may call it; default marketer.
 * @param options.revalidate path whose cached pages the action makes stale; default none.
 */
export function action<S extends z.ZodType, T>(
  schema: S,
  run: (input: z.output<S>, world: ActionWorld) => Promise<T>,
  options: { role?: Role; revalidate?: string } = {},
): (input: z.input<S>) => Promise<ActionResult<T>> {
  return async (input) => {
    const user = await requireUser();
    try {
      if (!roleAllows(user.role, options.role ?? 'marketer'))
        throw new AppError('forbidden', 'Your role does not allow this. Ask an owner of the workspace.');
      const parsed = schema.safeParse(input);
      if (!parsed.success) {
        const { message, path } = firstFault(parsed.error);
        throw new AppError('invalid', message, path.join('.'));
      }
      const data = await run(parsed.data, { user, db: database(), now: new Date() });
      if (options.revalidate) revalidatePath(options.revalidate, 'layout');
      return { ok: true, data };
    } catch (error) {
      return refusal(error);
    }
  };
}

function refusal(error: unknown): ActionResult<never> {
  if (error instanceof AppError) return { ok: false, code: error.code, message: error.message, field: error.field };
  if (error instanceof Error && error.name === 'GraphError' && 'userMessage' in error) {
    return { ok: false, code: 'unprocessable', message: String(error.userMessage) };
  }
  // redirect() and notFound() are errors that Next must see.
  if (error instanceof Error && 'digest' in error) throw error;
  log.error({ fault: faultOf(error) }, 'action failed');
  return { ok: false, code: 'unexpected', message: 'Something went wrong on our side. Nothing was saved; try again.' };
}

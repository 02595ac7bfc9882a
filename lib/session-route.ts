import type { Database } from '@/db/client';
import { database } from '@/db/open';
import type { Role } from '@/db/schema';
import { currentUser, roleAllows, type SignedIn } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { errorResponse } from '@/lib/respond';

type Route<P> = (request: Request, context: { params: Promise<P> }) => Promise<Response>;

/**
 * The wrapper of routes that screens call: session, role, call, answer. Their methods and types are ones a browser asks leave for before it
 * sends them to another site. @param role least role that may call it.
 */
export function sessionRoute<P>(
  role: Role,
  run: (context: { request: Request; params: P; user: SignedIn; db: Database }) => Promise<Response | object>,
): Route<P> {
  return async (request, context) => {
    try {
      const user = await currentUser();
      if (!user) throw new AppError('unauthenticated', 'You are signed out. Sign in and try again.');
      if (!roleAllows(user.role, role)) throw new AppError('forbidden', 'Your role does not allow this. Ask an owner of the workspace.');
      const answer = await run({ request, params: await context.params, user, db: database() });
      return answer instanceof Response ? answer : Response.json(answer, { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      return errorResponse(error);
    }
  };
}

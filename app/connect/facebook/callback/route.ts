import { cookies } from 'next/headers';
import { database } from '@/db/open';
import { requireUser } from '@/lib/auth';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { tokenForCode } from '@/lib/facebook/connect';
import { GraphError } from '@/lib/facebook/errors';
import { openState } from '@/lib/facebook/login-state';
import { saveToken } from '@/lib/facebook/save-token';
import { faultOf, log } from '@/lib/log';

export const dynamic = 'force-dynamic';

/** What the screens understand of `?connect=`: connected, declined, incomplete, unavailable, expired. */
export async function GET(request: Request): Promise<Response> {
  const user = await requireUser();
  const { origin, nextauthSecret } = env();
  const query = new URL(request.url).searchParams;
  const nonce = (await cookies()).get('beckon.connect')?.value;
  const state = openState(nextauthSecret, query.get('state') ?? '', nonce, new Date());
  const mine = state && state.userId === user.userId && state.workspaceId === user.workspaceId;
  const back = new URL(mine ? state.returnTo : '/settings', origin);
  back.searchParams.set('connect', mine ? await connect(query, user, new Date()) : 'expired');
  const headers = {
    location: back.toString(),
    'set-cookie': 'beckon.connect=; Path=/connect/facebook; Max-Age=0',
    'cache-control': 'no-store',
  };
  return new Response(null, { status: 303, headers });
}

async function connect(query: URLSearchParams, user: Awaited<ReturnType<typeof requireUser>>, now: Date): Promise<string> {
  const code = query.get('code');
  if (!code) return 'declined';
  const { facebook, origin, encryptionKeys } = env();
  try {
    const token = await tokenForCode(facebook, code, `${origin}/connect/facebook/callback`);
    await saveToken(database(), facebook, user.workspaceId, token, { userId: user.userId, keys: encryptionKeys }, now);
    return 'connected';
  } catch (error) {
    if (error instanceof AppError) return 'incomplete';
    log.warn({ fault: faultOf(error), code: error instanceof GraphError ? error.codeText : undefined }, 'connecting to Facebook failed');
    return 'unavailable';
  }
}

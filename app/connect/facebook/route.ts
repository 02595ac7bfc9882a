import { requireUser, roleAllows } from '@/lib/auth';
import { env } from '@/lib/env';
import { adsDialogUrl } from '@/lib/facebook/connect';
import { safeReturnTo, sealState } from '@/lib/facebook/login-state';

export const dynamic = 'force-dynamic';

/** Sends the browser to Facebook to grant the ads permissions; `?returnTo=` is a path of ours. */
export async function GET(request: Request): Promise<Response> {
  const user = await requireUser();
  const returnTo = safeReturnTo(new URL(request.url).searchParams.get('returnTo'), '/settings');
  if (!roleAllows(user.role, 'marketer')) return redirectTo(returnTo, 'forbidden');
  const { nextauthSecret, origin, facebook } = env();
  const { state, nonce } = sealState(nextauthSecret, { userId: user.userId, workspaceId: user.workspaceId, returnTo }, new Date());
  const secure = origin.startsWith('https://') ? '; Secure' : '';
  return new Response(null, {
    status: 303,
    headers: {
      location: adsDialogUrl(facebook, `${origin}/connect/facebook/callback`, state),
      'set-cookie': `beckon.connect=${nonce}; Path=/connect/facebook; HttpOnly; SameSite=Lax; Max-Age=900${secure}`,
      'cache-control': 'no-store',
    },
  });
}

function redirectTo(path: string, result: string): Response {
  const url = new URL(path, env().origin);
  url.searchParams.set('connect', result);
  return Response.redirect(url, 303);
}

import { deauthorizePerson } from '@/db/facebook-person';
import { database } from '@/db/open';
import { log } from '@/lib/log';
import { errorResponse } from '@/lib/respond';
import { signedCaller } from '../signed-caller';

export const dynamic = 'force-dynamic';

/** Facebook's deauthorize callback: somebody removed the app. */
export async function POST(request: Request): Promise<Response> {
  try {
    const { facebookUserId, issuedAt } = await signedCaller(request, new Date());
    const broken = await deauthorizePerson(database(), facebookUserId, issuedAt);
    log.info({ broken }, 'deauthorized by Facebook');
    return Response.json({ success: true });
  } catch (error) {
    return errorResponse(error);
  }
}

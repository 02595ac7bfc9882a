import { forgetPerson } from '@/db/facebook-person';
import { database } from '@/db/open';
import { env } from '@/lib/env';
import { log } from '@/lib/log';
import { errorResponse } from '@/lib/respond';
import { signedCaller } from '../signed-caller';

export const dynamic = 'force-dynamic';

/** Facebook's data deletion callback. The address in the answer is shown to the person, who needs no sign-in for it. */
export async function POST(request: Request): Promise<Response> {
  try {
    const now = new Date();
    const { facebookUserId } = await signedCaller(request, now);
    const { code, users, connections } = await forgetPerson(database(), facebookUserId, now);
    log.info({ users, connections }, 'forgot a person for Facebook');
    return Response.json({ url: `${env().origin}/data-deletion/${code}`, confirmation_code: code });
  } catch (error) {
    return errorResponse(error);
  }
}

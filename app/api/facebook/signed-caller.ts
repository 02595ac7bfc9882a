import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { openSignedRequest, type SignedRequest } from '@/lib/facebook/signed-request';

const limitBytes = 20_000;

/** The gate of what Facebook calls: the form field `signed_request`. @throws AppError for anything Facebook did not sign. */
export async function signedCaller(request: Request, now: Date): Promise<SignedRequest> {
  const body = await request.text();
  if (body.length > limitBytes) throw new AppError('too_large', `The body may have at most ${limitBytes} bytes.`);
  const signed = openSignedRequest(env().facebook.appSecret, new URLSearchParams(body).get('signed_request') ?? '', now);
  if (!signed) throw new AppError('unauthenticated', 'This was not signed by Facebook for this app.', 'signed_request');
  return signed;
}

import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { sameSecret } from '@/lib/crypto';

/** What Facebook tells of a person outside any call of ours: that they removed the app, or want to be forgotten. */
export type SignedRequest = { facebookUserId: string; issuedAt: Date };

/** Facebook sends within seconds; beyond this it is an old request that somebody kept. */
const oldestMs = 24 * 60 * 60_000;
/** How far our clock may be behind Facebook's. */
const clockSkewMs = 10 * 60_000;

const payloadSchema = z.object({
  algorithm: z.string().regex(/^HMAC-SHA256$/i),
  user_id: z.union([z.string().regex(/^\d{1,32}$/), z.int().nonnegative().transform(String)]),
  issued_at: z.number().positive(),
});

/**
 * `base64url(signature).base64url(payload)`, signed with the app's secret: HMAC-SHA256 over the payload as it is encoded. The signature is
 * compared first, in constant time. @returns null for anything that Facebook did not sign, or not lately.
 */
export function openSignedRequest(appSecret: string, text: string, now: Date): SignedRequest | null {
  const [signature, payload, ...more] = text.split('.');
  if (!signature || !payload || more.length > 0) return null;
  if (!sameSecret(signature, createHmac('sha256', appSecret).update(payload).digest('base64url'))) return null;
  const parsed = payloadSchema.safeParse(jsonOf(payload));
  if (!parsed.success) return null;
  const issuedAt = new Date(parsed.data.issued_at * 1000);
  const ageMs = now.getTime() - issuedAt.getTime();
  return ageMs <= oldestMs && ageMs >= -clockSkewMs ? { facebookUserId: parsed.data.user_id, issuedAt } : null;
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

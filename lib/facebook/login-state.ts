import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from '@/lib/crypto';

/** What travels with the browser through Facebook's dialog and comes back: signed, so that nobody else can start it for a user. */
export type LoginState = { userId: string; workspaceId: number; returnTo: string };

const lifetimeMs = 15 * 60_000;

/** @returns `state` for the dialog, and the nonce to keep in a cookie of this browser. */
export function sealState(secret: string, state: LoginState, now: Date): { state: string; nonce: string } {
  const nonce = randomBytes(16).toString('base64url');
  const body = Buffer.from(JSON.stringify({ ...state, nonce, at: now.getTime() })).toString('base64url');
  return { state: `${body}.${signature(secret, body)}`, nonce };
}

/** Null for a state that was not made by us, for this browser, within the last 15 minutes. */
export function openState(secret: string, text: string, nonce: string | undefined, now: Date): LoginState | null {
  const [body = '', signed = ''] = text.split('.');
  if (!nonce || !sameSecret(signed, signature(secret, body))) return null;
  const {
    nonce: sealed,
    at,
    ...state
  } = JSON.parse(Buffer.from(body, 'base64url').toString()) as LoginState & { nonce: string; at: number };
  const age = now.getTime() - at;
  return sameSecret(sealed, nonce) && age >= 0 && age < lifetimeMs ? state : null;
}

const signature = (secret: string, body: string) => createHmac('sha256', secret).update(`facebook-login:${body}`).digest('base64url');

/** A path of ours, or the fallback: never an address that leads elsewhere. */
export function safeReturnTo(value: string | null, fallback: string): string {
  return value && /^\/(?![/\\])[\w\-./?=&%]*$/.test(value) ? value : fallback;
}

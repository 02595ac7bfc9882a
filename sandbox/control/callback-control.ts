import { createHmac } from 'node:crypto';
import { appIds, people } from '../seed';
import type { App } from '../store/records';
import { type ControlCall, ControlError, found } from './control';

/**
 * A person removes the app, or asks for deletion on the way: their tokens of it die, and the app is told as Facebook tells it.
 * @returns what the app answered.
 */
export async function sendCallback({ world, input }: ControlCall): Promise<{ status: number; body: string }> {
  if (input.kind !== 'deauthorize' && input.kind !== 'deletion') throw new ControlError(400, 'kind must be deauthorize or deletion.');
  if (typeof input.url !== 'string' || !URL.canParse(input.url)) throw new ControlError(400, 'url is where the app takes the callback.');
  const app = found(world.apps.get((input.appId as string | undefined) ?? appIds[0] ?? ''), 'app');
  const person = found(world.people.get((input.personId as string | undefined) ?? people.maya), 'person');
  for (const token of world.tokens.where((one) => one.personId === person.id && one.appId === app.id))
    world.tokens.put({ ...token, dead: 458 });
  world.grants.delete(`${app.id}:${person.id}`);
  const issuedAt = Math.floor(((input.issuedAt as number | undefined) ?? world.now()) / 1000);
  const form = new URLSearchParams({ signed_request: signedRequest(app, { user_id: person.id, issued_at: issuedAt }) });
  const response = await fetch(input.url, { method: 'POST', body: form, signal: AbortSignal.timeout(20_000) }).catch(() => null);
  if (!response) throw new ControlError(502, 'The app did not answer the callback.');
  return { status: response.status, body: await response.text() };
}

function signedRequest(app: App, facts: { user_id: string; issued_at: number }): string {
  const payload = Buffer.from(JSON.stringify({ ...facts, algorithm: 'HMAC-SHA256' })).toString('base64url');
  return `${createHmac('sha256', app.secret).update(payload).digest('base64url')}.${payload}`;
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AdAccount, App, Audience, Token } from '../store/records';
import type { World } from '../store/world';
import { type Call, mayAdvertise } from './call';
import { deadToken, GraphFailure, missingObject, termsNotAccepted, valueTermsNotAccepted } from './failure';
import type { Params } from './params';

const proofWindowMs = 5 * 60_000;

/** The living token of a call; refused with 190 if it is unknown, expired or dead. */
export function checkToken(world: World, text: string | undefined, now: number): Token {
  if (text === undefined || text === '') {
    throw new GraphFailure(2500, 'An active access token must be used to query information about the current user.');
  }
  const token = world.tokens.get(text);
  if (!token) throw deadToken(null);
  if (token.dead !== null) throw deadToken(token.dead);
  if (token.expiresAt !== 0 && token.expiresAt <= now) throw deadToken(463);
  return token;
}

/** `appsecret_proof` is checked whenever it is there, and demanded where the app demands it. */
export function checkProof(world: World, token: Token, params: Params, now: number): void {
  const apps = token.appId === null ? world.apps.all() : world.apps.where((app) => app.id === token.appId);
  const proof = params.text('appsecret_proof');
  if (proof === undefined) {
    if (!apps.some((app) => app.requireProof)) return;
    throw new GraphFailure(100, 'API calls from the server require an appsecret_proof argument', { type: 'GraphMethodException' });
  }
  const time = params.text('appsecret_time');
  const message = time === undefined ? token.id : `${token.id}|${time}`;
  const fresh =
    time === undefined ||
    Math.abs(now - Number(time) * 1000) <= proofWindowMs ||
    Math.abs(Date.now() - Number(time) * 1000) <= proofWindowMs;
  if (fresh && apps.some((app) => sameText(proof, hmac(app, message)))) return;
  throw new GraphFailure(100, 'Invalid appsecret_proof provided in the API argument', { type: 'GraphMethodException' });
}

function hmac(app: App, message: string): string {
  return createHmac('sha256', app.secret).update(message).digest('hex');
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

export function tokenOf(call: Call): Token {
  if (!call.token) throw deadToken(null);
  return call.token;
}

function needScope(token: Token, anyOf: string[]): void {
  if (anyOf.some((scope) => token.scopes.includes(scope))) return;
  throw new GraphFailure(200, `(#200) Requires ${anyOf.join(' or ')} permission`);
}

/** The account if the caller may read it. */
export function readableAccount(call: Call, accountId: string): AdAccount {
  const token = tokenOf(call);
  needScope(token, ['ads_read', 'ads_management']);
  const account = call.world.accounts.get(accountId);
  if (!account?.roles[token.personId]) throw missingObject(`act_${accountId}`);
  call.notes.accountId = accountId;
  return account;
}

/** The account if the caller may change things in it. */
export function writableAccount(call: Call, accountId: string): AdAccount {
  const token = tokenOf(call);
  needScope(token, ['ads_management']);
  const account = readableAccount(call, accountId);
  if (!mayAdvertise(account, token.personId))
    throw new GraphFailure(200, '(#200) Ad account owner has NOT grant ads_management permission to this person');
  if ([2, 7, 100, 101].includes(account.status)) {
    throw new GraphFailure(200, '(#200) The ad account is not active', {
      title: 'Ad Account Disabled',
      userMessage: 'This ad account has been disabled or closed. You can no longer create or edit ads and audiences in it.',
    });
  }
  return account;
}

/** Custom Audience terms: accepted per person and business; a system user relies on somebody else of the business. */
export function checkTerms(call: Call, account: AdAccount): void {
  if (account.businessId === null) {
    throw new GraphFailure(200, 'Permissions error', {
      subcode: 1870050,
      title: 'Ad Account Not Linked To A Business',
      userMessage: 'The ad account must belong to a business before customer lists can be used with it.',
    });
  }
  const { personId } = tokenOf(call);
  const system = call.world.people.get(personId)?.systemUserOf;
  if (system === null || system === undefined) {
    if (!call.world.terms.get(`${personId}:${account.businessId}`)) throw termsNotAccepted(account.id, 1870034);
    return;
  }
  if (!businessAccepted(call.world, account.businessId)) throw termsNotAccepted(account.id, 1870090);
}

export function businessAccepted(world: World, businessId: string | null): boolean {
  return world.terms.all().some((terms) => terms.businessId === businessId);
}

export const valueTermsAccepted = (account: AdAccount): boolean => account.businessId !== null && (account.valueTerms ?? true);

/** Terms of their own, per ad account. */
export function checkValueTerms(account: AdAccount): void {
  if (!valueTermsAccepted(account)) throw valueTermsNotAccepted(account.id);
}

export function readableAudience(call: Call, id: string): { audience: Audience; account: AdAccount } {
  const audience = call.world.audiences.get(id);
  if (!audience || audience.deletedAt !== null) throw missingObject(id);
  const account = call.world.accounts.get(audience.accountId);
  const token = tokenOf(call);
  needScope(token, ['ads_read', 'ads_management']);
  if (!account?.roles[token.personId]) throw missingObject(id);
  call.notes.accountId = account.id;
  call.notes.audienceId = id;
  return { audience, account };
}

/** For members and metadata: exists, may be written, terms accepted. A deleted audience is told apart from an unknown one. */
export function writableAudience(call: Call, id: string): { audience: Audience; account: AdAccount } {
  const known = call.world.audiences.get(id);
  if (known && known.deletedAt !== null) {
    call.notes.audienceId = id;
    throw new GraphFailure(100, 'Invalid parameter', {
      subcode: 1487366,
      title: 'Custom Audience Deleted',
      userMessage: 'This custom audience was deleted and can no longer be used.',
    });
  }
  const { audience, account } = readableAudience(call, id);
  writableAccount(call, account.id);
  checkTerms(call, account);
  if (audience.valueBased) checkValueTerms(account);
  return { audience, account };
}

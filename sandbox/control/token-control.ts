import { grantLogin } from '../graph/login-dialog';
import { newToken } from '../graph/login-tokens';
import { appIds, people } from '../seed';
import type { Token } from '../store/records';
import { type ControlCall, ControlError, found } from './control';

const allScopes = ['public_profile', 'email', 'ads_management', 'ads_read', 'business_management'];

/** A token as if the person had logged in; without a lifetime it never expires. */
export function makeToken({ world, input }: ControlCall): {
  token: string;
  personId: string;
} {
  const personId = (input.personId as string | undefined) ?? people.maya;
  const appId = (input.appId as string | undefined) ?? appIds[0] ?? '';
  found(world.people.get(personId), 'person');
  found(world.apps.get(appId), 'app');
  const scopes = (input.scopes as string[] | undefined) ?? allScopes;
  const now = world.now();
  const lifetimeMs = input.lifetimeMs as number | undefined;
  const token = newToken(world, {
    appId,
    personId,
    scopes,
    issuedAt: now,
    expiresAt: lifetimeMs === undefined ? 0 : now + lifetimeMs,
  });
  world.grants.put({
    id: `${appId}:${personId}`,
    appId,
    personId,
    granted: scopes,
    declined: allScopes.filter((scope) => !scopes.includes(scope)),
  });
  return { token: token.id, personId };
}

function chosenTokens({ world, input }: ControlCall): Token[] {
  return world.tokens.where((token) => {
    if (typeof input.token === 'string') return token.id === input.token;
    return input.personId === undefined || token.personId === input.personId;
  });
}

/** Ends tokens: subcode 458 removed, 459 checkpoint, 460 password changed, 463 expired, 464, 467 logged out. */
export function killTokens(call: ControlCall): { killed: number } {
  const subcode = (call.input.subcode as number | undefined) ?? 463;
  if (![458, 459, 460, 463, 464, 467].includes(subcode)) throw new ControlError(400, 'subcode must be 458, 459, 460, 463, 464 or 467.');
  const tokens = chosenTokens(call);
  for (const token of tokens) call.world.tokens.put({ ...token, dead: subcode });
  return { killed: tokens.length };
}

export function removeScope(call: ControlCall): { changed: number } {
  const scope = call.input.scope as string;
  const tokens = chosenTokens(call);
  for (const token of tokens) {
    call.world.tokens.put({
      ...token,
      scopes: token.scopes.filter((item) => item !== scope),
    });
    const grant = call.world.grants.get(`${token.appId}:${token.personId}`);
    if (grant)
      call.world.grants.put({
        ...grant,
        granted: grant.granted.filter((item) => item !== scope),
        declined: [...new Set([...grant.declined, scope])],
      });
  }
  return { changed: tokens.length };
}

/** Passes the login dialog without a browser: the code it would have sent to the redirect address. */
export function startLogin({ world, input }: ControlCall): { code: string } {
  const scopes = (input.scopes as string[] | undefined) ?? allScopes;
  const code = grantLogin(world, {
    appId: (input.appId as string | undefined) ?? appIds[0] ?? '',
    personId: (input.personId as string | undefined) ?? people.maya,
    redirectUri: (input.redirectUri as string | undefined) ?? 'http://127.0.0.1/',
    granted: ['public_profile', ...scopes],
    declined: (input.declined as string[] | undefined) ?? [],
  });
  if (code === null) throw new ControlError(404, 'There is no such person.');
  return { code };
}

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { App, Token } from '../store/records';
import type { World } from '../store/world';
import type { Call } from './call';
import { deadToken, GraphFailure } from './failure';

const shortMs = 2 * 3_600_000;
const longMs = 60 * 86_400_000;
const codeMs = 10 * 60_000;

export interface ClientCredentials {
  id: string | undefined;
  secret: string | undefined;
}

export function newToken(world: World, token: Omit<Token, 'id' | 'dead'>): Token {
  return world.tokens.put({
    ...token,
    id: `EAASB${randomBytes(48).toString('base64url').replaceAll(/[-_]/g, 'Z')}`,
    dead: null,
  });
}

/** GET or POST /oauth/access_token: code exchange, long-lived exchange, app token. */
export function accessToken(call: Call, credentials: ClientCredentials): Record<string, unknown> {
  const app = checkedApp(call.world, credentials);
  const grantType = call.params.text('grant_type') ?? 'authorization_code';
  switch (grantType) {
    case 'client_credentials':
      return { access_token: `${app.id}|${app.secret}`, token_type: 'bearer' };
    case 'fb_exchange_token':
      return exchangeToken(call, app);
    case 'authorization_code':
      return exchangeCode(call, app);
    default:
      throw new GraphFailure(100, `Unsupported grant_type: ${grantType}`);
  }
}

function checkedApp(world: World, { id, secret }: ClientCredentials): App {
  if (!id) throw new GraphFailure(101, 'Missing client_id parameter.');
  const app = world.apps.get(id);
  if (!app) throw new GraphFailure(101, 'Error validating application. Cannot get application info due to a system error.');
  if (!secret || secret.length !== app.secret.length || !timingSafeEqual(Buffer.from(secret), Buffer.from(app.secret))) {
    throw new GraphFailure(1, 'Error validating client secret.', {
      status: 400,
    });
  }
  return app;
}

function exchangeCode(call: Call, app: App): Record<string, unknown> {
  const { world, now, params } = call;
  const code = world.codes.get(params.text('code') ?? '');
  if (!code || code.appId !== app.id) throw new GraphFailure(100, 'Invalid verification code format.');
  if (code.used)
    throw new GraphFailure(100, 'This authorization code has been used.', {
      subcode: 36009,
    });
  if (now - code.issuedAt > codeMs)
    throw new GraphFailure(100, 'This authorization code has expired.', {
      subcode: 36007,
    });
  if (params.text('redirect_uri') !== code.redirectUri) {
    throw new GraphFailure(
      100,
      'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
      {
        subcode: 36008,
      },
    );
  }
  world.codes.put({ ...code, used: true });
  const token = newToken(world, {
    appId: app.id,
    personId: code.personId,
    scopes: code.scopes,
    issuedAt: now,
    expiresAt: now + shortMs,
  });
  call.notes.personId = code.personId;
  return tokenAnswer(call, token);
}

function exchangeToken(call: Call, app: App): Record<string, unknown> {
  const { world, now } = call;
  const old = world.tokens.get(call.params.text('fb_exchange_token') ?? '');
  if (!old || (old.appId !== null && old.appId !== app.id)) throw deadToken(null);
  if (old.dead !== null) throw deadToken(old.dead);
  if (old.expiresAt !== 0 && old.expiresAt <= now) throw deadToken(463);
  const token = newToken(world, {
    ...old,
    appId: app.id,
    issuedAt: now,
    expiresAt: now + longMs,
  });
  call.notes.personId = old.personId;
  return tokenAnswer(call, token);
}

function tokenAnswer(call: Call, token: Token): Record<string, unknown> {
  const expiry = call.world.settings.omitExpiresIn ? {} : { expires_in: Math.floor((token.expiresAt - call.now) / 1000) };
  return { access_token: token.id, token_type: 'bearer', ...expiry };
}

/** The app that an app token (`id|secret`) speaks for. */
export function appOfToken(world: World, text: string | undefined): App | null {
  const [id, secret] = (text ?? '').split('|');
  const app = world.apps.get(id ?? '');
  return app && secret === app.secret ? app : null;
}

/** GET /debug_token: always 200; what is wrong with the token is told inside. */
export function debugToken(call: Call, accessTokenText: string | undefined): Record<string, unknown> {
  const { world, now, params } = call;
  const inspected = world.tokens.get(params.text('input_token') ?? '');
  const app = appOfToken(world, accessTokenText) ?? appOfUserToken(world, accessTokenText);
  if (!app)
    throw new GraphFailure(100, 'You must provide an app access token, or a user access token that is an owner or developer of the app');
  if (params.text('input_token') === undefined) throw new GraphFailure(100, '(#100) The parameter input_token is required');
  const wanted = appOfToken(world, params.text('input_token'));
  if (wanted)
    return {
      data: {
        app_id: wanted.id,
        type: 'APP',
        application: wanted.name,
        is_valid: true,
        scopes: [],
      },
    };
  if (!inspected)
    return {
      data: {
        error: { code: 190, message: 'Invalid OAuth access token.' },
        is_valid: false,
        scopes: [],
      },
    };
  const expired = inspected.expiresAt !== 0 && inspected.expiresAt <= now;
  const dead = inspected.dead ?? (expired ? 463 : null);
  const person = world.people.get(inspected.personId);
  return {
    data: {
      app_id: inspected.appId ?? app.id,
      type: person?.systemUserOf ? 'SYSTEM_USER' : 'USER',
      application: app.name,
      ...(dead === null
        ? {}
        : {
            error: {
              code: 190,
              subcode: dead,
              message: deadToken(dead).message,
            },
          }),
      data_access_expires_at: person?.systemUserOf ? 0 : Math.floor((inspected.issuedAt + 90 * 86_400_000) / 1000),
      expires_at: Math.floor(inspected.expiresAt / 1000),
      is_valid: dead === null,
      issued_at: Math.floor(inspected.issuedAt / 1000),
      scopes: inspected.scopes,
      granular_scopes: inspected.scopes.filter((scope) => scope.startsWith('ads_')).map((scope) => ({ scope })),
      user_id: inspected.personId,
    },
  };
}

/** A person's own token may inspect tokens of the same app: everybody here is a developer of it. */
function appOfUserToken(world: World, text: string | undefined): App | null {
  const token = world.tokens.get(text ?? '');
  if (!token || token.dead !== null) return null;
  return world.apps.get(token.appId ?? '') ?? world.apps.all()[0] ?? null;
}

import { randomBytes } from 'node:crypto';
import { escapeHtml, page } from '../pages/page';
import type { App } from '../store/records';
import type { World } from '../store/world';
import type { Params } from './params';

export interface DialogAnswer {
  status: number;
  html?: string;
  location?: string;
}

interface DialogRequest {
  app: App;
  redirectUri: string;
  state: string | undefined;
  scopes: string[];
}

const scopeText: Record<string, string> = {
  public_profile: 'Name and profile picture',
  email: 'E-mail address',
  ads_management: 'Manage ads for the ad accounts you have access to',
  ads_read: 'See ads and related statistics',
  business_management: 'Manage your business',
};

/** GET /dialog/oauth: the page where a simulated person is chosen and says yes or no. */
export function showDialog(world: World, params: Params): DialogAnswer {
  const request = readRequest(world, params);
  if ('html' in request) return request;
  const people = world.people.where((person) => person.systemUserOf === null);
  const choices = people
    .map(
      (person, i) =>
        `<label class="choice"><input type="radio" name="person" value="${person.id}"${i === 0 ? ' checked' : ''}><span><b>${escapeHtml(person.name)}</b><small>${escapeHtml(person.email ?? 'no e-mail address')}</small></span></label>`,
    )
    .join('');
  const scopes = request.scopes
    .map((scope) => {
      const fixed = scope === 'public_profile';
      return `<label class="choice"><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked${fixed ? ' disabled' : ''}><span><b>${escapeHtml(scopeText[scope] ?? scope)}</b><small>${escapeHtml(scope)}${fixed ? ' · always shared' : ''}</small></span></label>`;
    })
    .join('');
  const hidden = ['client_id', 'redirect_uri', 'state', 'response_type', 'auth_type']
    .filter((name) => params.has(name))
    .map((name) => `<input type="hidden" name="${name}" value="${escapeHtml(params.text(name) ?? '')}">`)
    .join('');
  const body = `<form method="post" class="card dialog">${hidden}<input type="hidden" name="asked" value="${escapeHtml(request.scopes.join(','))}">
<p class="muted">Simulated Facebook Login</p><h1>${escapeHtml(request.app.name)} would like to access your account</h1>
<fieldset><legend>Continue as</legend>${choices}</fieldset><fieldset><legend>What it may do</legend>${scopes}</fieldset>
<div class="row"><button class="primary" name="answer" value="approve">Continue</button><button name="answer" value="decline">Not now</button></div></form>`;
  return { status: 200, html: page({ title: 'Log in', body, bare: true }) };
}

/** POST /dialog/oauth: the answer, as a redirect to the app. */
export function answerDialog(world: World, params: Params, chosen: { scopes: string[] }): DialogAnswer {
  const request = readRequest(world, params);
  if ('html' in request) return request;
  if (params.text('answer') !== 'approve') {
    return back(request, {
      error: 'access_denied',
      error_code: '200',
      error_description: 'Permissions error',
      error_reason: 'user_denied',
    });
  }
  const asked = (params.text('asked') ?? '').split(',').filter((scope) => scope !== '');
  const granted = ['public_profile', ...asked.filter((scope) => scope !== 'public_profile' && chosen.scopes.includes(scope))];
  const code = grantLogin(world, {
    appId: request.app.id,
    personId: params.text('person') ?? '',
    redirectUri: request.redirectUri,
    granted,
    declined: asked.filter((scope) => !granted.includes(scope)),
  });
  if (code === null) return refusal('Choose one of the people.');
  return back(request, { code });
}

/** Records what the person granted and makes the code; null if there is no such person. */
export function grantLogin(
  world: World,
  login: {
    appId: string;
    personId: string;
    redirectUri: string;
    granted: string[];
    declined: string[];
  },
): string | null {
  const person = world.people.get(login.personId);
  if (!person || person.systemUserOf !== null) return null;
  const id = `${login.appId}:${person.id}`;
  const before = world.grants.get(id);
  const granted = [...new Set([...(before?.granted ?? []).filter((scope) => !login.declined.includes(scope)), ...login.granted])];
  const declined = [...new Set([...(before?.declined ?? []), ...login.declined])].filter((scope) => !granted.includes(scope));
  world.grants.put({
    id,
    appId: login.appId,
    personId: person.id,
    granted,
    declined,
  });
  return world.codes.put({
    id: `AQ${randomBytes(60).toString('base64url')}`,
    appId: login.appId,
    redirectUri: login.redirectUri,
    personId: person.id,
    scopes: granted,
    issuedAt: world.now(),
    used: false,
  }).id;
}

function readRequest(world: World, params: Params): DialogRequest | (DialogAnswer & { html: string }) {
  const app = world.apps.get(params.text('client_id') ?? '');
  if (!app) return refusal('Invalid App ID: The provided app ID does not look like a valid app ID.');
  const redirectUri = params.text('redirect_uri') ?? '';
  if (!redirectAllowed(app, redirectUri)) {
    return refusal(
      "URL blocked: This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings. Make sure that the client and web OAuth logins are on and add all your app domains as valid OAuth redirect URIs.",
    );
  }
  const types = (params.text('response_type') ?? 'code').split(' ');
  if (!types.includes('code')) return refusal('This sandbox only answers response_type=code.');
  const asked = (params.text('scope') ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  const unknown = asked.filter((scope) => !(scope in scopeText));
  if (unknown.length > 0) return refusal(`Invalid Scopes: ${unknown.join(', ')}.`);
  return {
    app,
    redirectUri,
    state: params.text('state'),
    scopes: [...new Set(['public_profile', ...asked])],
  };
}

/** The default apps take any address on this machine; a registered app takes exactly its own. */
function redirectAllowed(app: App, redirectUri: string): boolean {
  if (app.redirects !== null) return app.redirects.includes(redirectUri);
  try {
    return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(redirectUri).hostname);
  } catch {
    return false;
  }
}

function refusal(text: string): { status: number; html: string } {
  return {
    status: 400,
    html: page({
      title: 'Login refused',
      bare: true,
      body: `<div class="card dialog"><h1>Sorry, something went wrong.</h1><p>${escapeHtml(text)}</p></div>`,
    }),
  };
}

function back(request: DialogRequest, answer: Record<string, string>): DialogAnswer {
  const url = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (request.state !== undefined) url.searchParams.set('state', request.state);
  return { status: 302, location: `${url.href}#_=_` };
}

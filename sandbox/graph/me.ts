import type { Person } from '../store/records';
import { tokenOf } from './access';
import { accountFields } from './ad-accounts';
import type { Call } from './call';
import { GraphFailure, missingObject } from './failure';
import { select } from './fields';
import { page } from './paging';

function caller(call: Call): Person {
  const person = call.world.people.get(tokenOf(call).personId);
  if (!person) throw missingObject('me');
  return person;
}

/** GET /me. The address is there only if the person has one and shared it. */
export function readMe(call: Call): Record<string, unknown> {
  const { scopes } = tokenOf(call);
  const fields = {
    id: (person: Person) => person.id,
    name: (person: Person) => person.name,
    first_name: (person: Person) => person.name.split(' ')[0],
    last_name: (person: Person) => person.name.split(' ').slice(1).join(' '),
    email: (person: Person) => (scopes.includes('email') && person.email !== null ? person.email : undefined),
    picture: (person: Person) => ({
      data: {
        height: 50,
        width: 50,
        is_silhouette: false,
        url: `${call.origin}/_picture/${person.id}.svg`,
      },
    }),
  };
  return select(caller(call), 'User', fields, call.params.text('fields'), ['name', 'id']);
}

export function readPermissions(call: Call): Record<string, unknown> {
  const token = tokenOf(call);
  const grant = call.world.grants.get(`${token.appId}:${token.personId}`);
  const granted = grant?.granted ?? token.scopes;
  const declined = grant?.declined ?? [];
  return {
    data: [
      ...granted.map((permission) => ({ permission, status: 'granted' })),
      ...declined.map((permission) => ({ permission, status: 'declined' })),
    ],
  };
}

/** DELETE /me/permissions[/scope]: takes the app, or one scope, away; every token of the pair feels it at once. */
export function deletePermissions(call: Call, scope: string | null): Record<string, unknown> {
  const { world } = call;
  const token = tokenOf(call);
  const id = `${token.appId}:${token.personId}`;
  const grant = world.grants.get(id);
  if (scope === 'public_profile') throw new GraphFailure(100, '(#100) The basic permission cannot be revoked');
  if (grant && scope !== null) {
    world.grants.put({
      ...grant,
      granted: grant.granted.filter((item) => item !== scope),
      declined: [...new Set([...grant.declined, scope])],
    });
  } else if (scope === null) world.grants.delete(id);
  for (const other of world.tokens.where((item) => item.appId === token.appId && item.personId === token.personId)) {
    world.tokens.put(scope === null ? { ...other, dead: 458 } : { ...other, scopes: other.scopes.filter((item) => item !== scope) });
  }
  return { success: true };
}

export function readMyAccounts(call: Call): Record<string, unknown> {
  const token = tokenOf(call);
  if (!token.scopes.some((scope) => scope === 'ads_read' || scope === 'ads_management')) {
    throw new GraphFailure(200, '(#200) Requires ads_read or ads_management permission');
  }
  const mine = call.world.accounts.where((account) => account.roles[token.personId] !== undefined);
  return page(call, mine, (account) => select(account, 'AdAccount', accountFields(call), call.params.text('fields'), ['account_id', 'id']));
}

export function readMyBusinesses(call: Call): Record<string, unknown> {
  const token = tokenOf(call);
  if (!token.scopes.includes('business_management')) throw new GraphFailure(200, '(#200) Requires business_management permission');
  const accounts = call.world.accounts.where((account) => account.roles[token.personId] !== undefined);
  const mine = call.world.businesses.where((business) => accounts.some((account) => account.businessId === business.id));
  return page(
    call,
    mine.map((business, i) => ({ ...business, seq: i + 1 })),
    (business) => ({ id: business.id, name: business.name }),
  );
}

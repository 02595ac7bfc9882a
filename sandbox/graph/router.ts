import { readAccount } from './ad-accounts';
import { listAdSets, listCampaigns, readAdSet, readCampaign } from './ad-sets';
import { createAudience, deleteAudience, listAudiences, readAudience, updateAudience } from './audiences';
import type { Call } from './call';
import { GraphFailure, missingObject } from './failure';
import { deletePermissions, readMe, readMyAccounts, readMyBusinesses, readPermissions } from './me';
import { addMembers, refuseReading, removeFromAllAudiences, removeMembers } from './members';
import { replaceMembers } from './replace';
import { readSessions } from './sessions';
import { updateAdSet } from './targeting';

type Handler = (call: Call, id: string) => unknown;

interface Route {
  method: Call['method'];
  path: RegExp;
  /** Marketing calls fail without a version. */
  marketing: boolean;
  handle: Handler;
}

function route(method: Call['method'], path: RegExp, handle: Handler, marketing = true): Route {
  return { method, path, marketing, handle };
}

const routes: Route[] = [
  route('GET', /^\/me$/, readMe, false),
  route('GET', /^\/me\/permissions$/, readPermissions, false),
  route('DELETE', /^\/me\/permissions$/, (call) => deletePermissions(call, null), false),
  route('DELETE', /^\/me\/permissions\/(\w+)$/, (call, scope) => deletePermissions(call, scope), false),
  route('GET', /^\/me\/adaccounts$/, readMyAccounts),
  route('GET', /^\/me\/businesses$/, readMyBusinesses),
  route('GET', /^\/act_(\d+)$/, readAccount),
  route('GET', /^\/act_(\d+)\/adsets$/, listAdSets),
  route('GET', /^\/act_(\d+)\/campaigns$/, listCampaigns),
  route('GET', /^\/act_(\d+)\/customaudiences$/, listAudiences),
  route('POST', /^\/act_(\d+)\/customaudiences$/, createAudience),
  route('DELETE', /^\/act_(\d+)\/usersofanyaudience$/, removeFromAllAudiences),
  route('GET', /^\/(\d+)\/users$/, refuseReading),
  route('POST', /^\/(\d+)\/users$/, addMembers),
  route('DELETE', /^\/(\d+)\/users$/, removeMembers),
  route('POST', /^\/(\d+)\/usersreplace$/, replaceMembers),
  route('GET', /^\/(\d+)\/sessions$/, readSessions),
  route('GET', /^\/(\d+)$/, readNode),
  route('POST', /^\/(\d+)$/, updateNode),
  route('DELETE', /^\/(\d+)$/, deleteNode),
];

/** The handler for a call, with the id from its path. An unknown path is refused as Graph does. */
export function findRoute(method: Call['method'], path: string): { marketing: boolean; handle: (call: Call) => unknown } {
  let seen = false;
  for (const { method: wanted, path: pattern, marketing, handle } of routes) {
    const match = pattern.exec(path);
    if (!match) continue;
    seen = true;
    if (wanted === method) return { marketing, handle: (call) => handle(call, match[1] ?? '') };
  }
  if (seen)
    throw new GraphFailure(100, `Unsupported ${method.toLowerCase()} request. The operation is not supported on this object`, {
      type: 'GraphMethodException',
    });
  throw new GraphFailure(2500, `Unknown path components: ${path}`);
}

function readNode(call: Call, id: string): unknown {
  if (call.world.adSets.get(id)) return readAdSet(call, id);
  if (call.world.campaigns.get(id)) return readCampaign(call, id);
  if (call.world.audiences.get(id)) return readAudience(call, id);
  if (call.token?.personId === id) return readMe(call);
  throw missingObject(id);
}

function updateNode(call: Call, id: string): unknown {
  if (call.world.adSets.get(id)) return updateAdSet(call, id);
  if (call.world.audiences.get(id)) return updateAudience(call, id);
  throw missingObject(id);
}

function deleteNode(call: Call, id: string): unknown {
  if (call.world.audiences.get(id)) return deleteAudience(call, id);
  throw missingObject(id);
}

import type { Usage } from '../graph/usage';
import { appSecret, seed, systemUserToken } from '../seed';
import type { AdAccount, AdSet, App, Fault, FaultKind, Settings } from '../store/records';
import type { World } from '../store/world';
import { type ControlCall, ControlError, found } from './control';

const faultKinds: FaultKind[] = [
  'error',
  'html500',
  'html502',
  'empty',
  'null-body',
  'reset-before',
  'reset-after',
  'slow',
  'timeout',
  'timeout-after',
  'truncated',
  'usage',
];

/** What a tester needs to begin. */
export function summary(world: World): Record<string, unknown> {
  return {
    now: new Date(world.now()).toISOString(),
    apps: world.apps.all().map(({ id, name, redirects, requireProof }) => ({
      id,
      name,
      redirects,
      requireProof,
    })),
    defaultAppSecret: appSecret,
    systemUserToken,
    people: world.people.all(),
    adAccounts: world.accounts.all().map((account) => ({
      id: `act_${account.id}`,
      name: account.name,
      status: account.status,
      businessId: account.businessId,
    })),
    terms: world.terms.all(),
    settings: world.settings,
  };
}

export function reset(world: World, usage: Usage): { ok: true } {
  world.clear();
  usage.clear();
  seed(world);
  return { ok: true };
}

export function changeSettings({ world, input }: ControlCall): Settings {
  const known = Object.keys(world.settings).filter((name) => !['id', 'anchorReal', 'anchorSimulated', 'speed'].includes(name));
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new ControlError(400, `There is no setting "${unknown}". Settings: ${known.join(', ')}.`);
  return world.changeSettings(input as Partial<Settings>);
}

/** Sets the clock (`now`, ISO 8601), moves it (`advanceMs`) or changes its rate (`speed`). */
export function changeClock({ world, input }: ControlCall): {
  now: string;
  speed: number;
} {
  const target = typeof input.now === 'string' ? Date.parse(input.now) : world.now() + Number(input.advanceMs ?? 0);
  if (!Number.isFinite(target)) throw new ControlError(400, 'now must be an ISO 8601 instant, advanceMs a number.');
  const speed = input.speed === undefined ? {} : { speed: Number(input.speed) };
  world.setClock({ now: target, ...speed });
  return {
    now: new Date(world.now()).toISOString(),
    speed: world.settings.speed,
  };
}

export function changeAdSet({ world, id, input }: ControlCall): AdSet {
  const adSet = found(world.adSets.get(id), 'ad set');
  return world.adSets.put({
    ...adSet,
    ...(typeof input.status === 'string' ? { status: input.status as AdSet['status'] } : {}),
    ...(typeof input.targeting === 'object' && input.targeting !== null ? { targeting: input.targeting as AdSet['targeting'] } : {}),
    ...(input.learningResetAt === null ? { learningResetAt: null, learningResetBy: null } : {}),
  });
}

/** As if somebody had deleted it: it still reads, with status DELETED. */
export function dropAdSet({ world, id }: ControlCall): AdSet {
  return world.adSets.put({
    ...found(world.adSets.get(id), 'ad set'),
    status: 'DELETED',
  });
}

/** Another ad account with everything of an existing one but its ad sets. */
export function addAccount({ world, input }: ControlCall): AdAccount {
  const like = found(world.accounts.get(String(input.like).replace('act_', '')), 'ad account');
  const id = String(input.id).replace('act_', '');
  return world.accounts.get(id) ?? world.accounts.put({ ...like, id, seq: world.next('accounts'), name: `${like.name} ${id}` });
}

/** Disables or revives an account, or changes who may do what in it. */
export function changeAccount({ world, id, input }: ControlCall): AdAccount {
  const account = found(world.accounts.get(id), 'ad account');
  return world.accounts.put({
    ...account,
    ...(typeof input.status === 'number' ? { status: input.status } : {}),
    ...(typeof input.disableReason === 'number' ? { disableReason: input.disableReason } : {}),
    ...(typeof input.roles === 'object' && input.roles !== null ? { roles: input.roles as AdAccount['roles'] } : {}),
  });
}

/** Accepts or withdraws the Custom Audience terms: for one account's business or all, for one person or all; of kind `value`, those of value-based audiences. */
export function setTerms({ world, input }: ControlCall): { terms: number } {
  const accountId = typeof input.accountId === 'string' ? input.accountId.replace('act_', '') : undefined;
  const accounts = accountId === undefined ? world.accounts.all() : [found(world.accounts.get(accountId), 'ad account')];
  if (input.kind === 'value') {
    for (const account of accounts) world.accounts.put({ ...account, valueTerms: input.accepted !== false });
    return { terms: accounts.length };
  }
  const businesses = new Set(accounts.map((account) => account.businessId).filter((id) => id !== null));
  for (const businessId of businesses) {
    for (const person of world.people.where((item) => item.systemUserOf === null)) {
      if (typeof input.personId === 'string' && input.personId !== person.id) continue;
      const id = `${person.id}:${businessId}`;
      if (input.accepted === false) world.terms.delete(id);
      else
        world.terms.put({
          id,
          personId: person.id,
          businessId,
          at: world.now(),
        });
    }
  }
  return { terms: world.terms.all().length };
}

export function registerApp({ world, input }: ControlCall): App {
  const id = input.id;
  if (typeof id !== 'string' || id === '') throw new ControlError(400, 'id is required.');
  const known = world.apps.get(id);
  return world.apps.put({
    id,
    name: (input.name as string | undefined) ?? known?.name ?? id,
    secret: (input.secret as string | undefined) ?? known?.secret ?? appSecret,
    redirects: input.redirects === undefined ? (known?.redirects ?? null) : (input.redirects as string[] | null),
    requireProof: (input.requireProof as boolean | undefined) ?? known?.requireProof ?? false,
  });
}

export function addFault({ world, input }: ControlCall): Fault {
  const kind = input.kind as FaultKind;
  if (!faultKinds.includes(kind)) throw new ControlError(400, `kind must be one of ${faultKinds.join(', ')}.`);
  const route = typeof input.route === 'string' ? input.route : '.';
  try {
    new RegExp(route);
  } catch {
    throw new ControlError(400, 'route must be a regular expression over the path without version.');
  }
  return world.faults.put({
    id: `f${world.next('faults')}`,
    kind,
    method: typeof input.method === 'string' ? input.method.toUpperCase() : null,
    route,
    contains: typeof input.contains === 'string' ? input.contains : null,
    nth: Number(input.nth ?? 1),
    times: Number(input.times ?? 1),
    seen: 0,
    ms: Number(input.ms ?? 0),
    status: (input.status as number | undefined) ?? null,
    code: (input.code as number | undefined) ?? null,
    subcode: (input.subcode as number | undefined) ?? null,
    message: (input.message as string | undefined) ?? null,
    transient: (input.transient as boolean | undefined) ?? null,
    headers: (input.headers as Record<string, string> | undefined) ?? {},
  });
}

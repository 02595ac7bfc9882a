import { changeAudience, dropAudience } from '../control/audience-control';
import type { ControlCall } from '../control/control';
import { killTokens, removeScope } from '../control/token-control';
import { addFault, changeAccount, changeClock, changeSettings, dropAdSet, reset, setTerms } from '../control/world-control';
import type { Usage } from '../graph/usage';
import type { World } from '../store/world';
import { presets } from './switches-page';

type Change = (call: (input: Record<string, unknown>) => ControlCall, fields: URLSearchParams) => void;

const actions: Record<string, Change> = {
  'delete-audience': (call) => void dropAudience(call({})),
  'flag-audience': (call) => void changeAudience(call({ flagged: ['name'] })),
  'unflag-audience': (call) => void changeAudience(call({ flagged: [] })),
  'expire-audience': (call) => void changeAudience(call({ expiresAt: call({}).world.now() + 90 * 86_400_000 })),
  'keep-audience': (call) => void changeAudience(call({ expiresAt: null })),
  'delete-ad-set': (call) => void dropAdSet(call({})),
  'kill-tokens': (call, fields) => void killTokens(call({ personId: fields.get('personId'), subcode: Number(fields.get('subcode')) })),
  'remove-scope': (call, fields) => void removeScope(call({ personId: fields.get('personId'), scope: fields.get('scope') })),
  'terms-on': (call, fields) => void setTerms(call({ accepted: true, accountId: fields.get('id') })),
  'terms-off': (call, fields) => void setTerms(call({ accepted: false, accountId: fields.get('id') })),
  'value-terms-on': (call, fields) => void setTerms(call({ kind: 'value', accepted: true, accountId: fields.get('id') })),
  'value-terms-off': (call, fields) => void setTerms(call({ kind: 'value', accepted: false, accountId: fields.get('id') })),
  'disable-account': (call) => void changeAccount(call({ status: 2, disableReason: 1 })),
  'enable-account': (call) => void changeAccount(call({ status: 1, disableReason: 0 })),
  'preset-fault': (call, fields) => void addFault(call(presets[Number(fields.get('preset'))]?.fault ?? {})),
  'clear-faults': (call) => clearFaults(call({}).world),
  'floor-on': (call) => void changeSettings(call({ removalFloor: 100 })),
  'floor-off': (call) => void changeSettings(call({ removalFloor: 0 })),
  'tier-limited': (call) => void changeSettings(call({ tier: 'limited' })),
  'tier-full': (call) => void changeSettings(call({ tier: 'full' })),
  advance: (call, fields) => void changeClock(call({ advanceMs: Number(fields.get('ms')) })),
  reset: (call) => void reset(call({}).world, call({}).usage),
};

/** Does what a button of the pages says; returns where to go back to, or null if there is no such button. */
export function doAction(world: World, usage: Usage, fields: URLSearchParams): string | null {
  const change = actions[fields.get('action') ?? ''];
  if (!change) return null;
  change((input) => ({ world, usage, id: fields.get('id') ?? '', input, query: fields }), fields);
  const back = fields.get('back') ?? '';
  return /^\/(ads|ads-manager|customaudiences)\//.test(back) ? back : '/ads-manager';
}

function clearFaults(world: World): void {
  for (const fault of world.faults.all()) world.faults.delete(fault.id);
}

import type { AdAccount, AdSet, Targeting } from '../store/records';
import type { World } from '../store/world';
import { checkTerms, writableAccount } from './access';
import { findAdSet } from './ad-sets';
import type { Call } from './call';
import { type GraphFailure, invalidParameter } from './failure';

const maxListed = 500;
const readOnly = ['targeting_optimization_types', 'age_range'];

/** What a read gives: the stored object, with the names of its audiences. */
export function targetingAsRead(world: World, targeting: Targeting): Targeting {
  const named = (list: unknown): unknown =>
    Array.isArray(list) ? list.map((item) => withName(world, item as { id: string; name?: string })) : undefined;
  const result: Targeting = { ...targeting };
  for (const key of ['custom_audiences', 'excluded_custom_audiences']) {
    if (targeting[key] !== undefined) result[key] = named(targeting[key]);
  }
  return result;
}

function withName(world: World, item: { id: string; name?: string }): { id: string; name: string } {
  return {
    id: item.id,
    name: world.audiences.get(item.id)?.name ?? item.name ?? '',
  };
}

/** POST /{adset}: name, status and targeting. Targeting is overwritten whole; what is left out is gone. */
export function updateAdSet(call: Call, id: string): Record<string, unknown> {
  const { world, params, now } = call;
  const adSet = findAdSet(call, id);
  const account = writableAccount(call, adSet.accountId);
  const status = params.text('status');
  if (status !== undefined && !['ACTIVE', 'PAUSED', 'DELETED', 'ARCHIVED'].includes(status)) {
    throw invalidParameter(`Param status must be one of {ACTIVE, PAUSED, DELETED, ARCHIVED} - got "${status}".`);
  }
  refuseFinished(adSet, params.has('targeting'), status);
  const targeting = params.has('targeting') ? checkedTargeting(call, account, params.object('targeting') ?? {}) : adSet.targeting;
  const options = (params.list('execution_options') ?? []) as string[];
  if (options.includes('validate_only')) return { success: true };
  const edited = params.has('targeting') && JSON.stringify(targeting) !== JSON.stringify(adSet.targeting);
  world.adSets.put({
    ...adSet,
    name: params.text('name') ?? adSet.name,
    status: (status as AdSet['status'] | undefined) ?? adSet.status,
    targeting,
    updatedAt: now,
    ...(edited ? { learningResetAt: now, learningResetBy: 'targeting' as const } : {}),
  });
  return { success: true };
}

function refuseFinished(adSet: AdSet, targeting: boolean, status: string | undefined): void {
  if (adSet.status === 'DELETED' && (targeting || status !== undefined)) {
    throw invalidParameter('Invalid parameter', {
      subcode: 1487056,
      title: 'Ad Set Deleted',
      userMessage: 'The ad set was deleted. Only its name can be changed.',
    });
  }
  if (adSet.status === 'ARCHIVED' && (targeting || (status !== undefined && status !== 'DELETED'))) {
    throw invalidParameter('Invalid parameter', {
      subcode: 1487056,
      title: 'Ad Set Archived',
      userMessage: 'The ad set is archived. Only its name can be changed, or it can be deleted.',
    });
  }
}

function refused(subcode: number, title: string, userMessage: string, blame: string[]): GraphFailure {
  return invalidParameter('Invalid parameter', {
    subcode,
    title,
    userMessage,
    data: { blame_field_specs: [['targeting', ...blame]] },
  });
}

function checkedTargeting(call: Call, account: AdAccount, sent: Targeting): Targeting {
  const targeting: Targeting = Object.fromEntries(Object.entries(sent).filter(([key]) => !readOnly.includes(key)));
  refuseRetired(targeting);
  refuseAdvantageClash(targeting);
  let listed = 0;
  for (const key of ['custom_audiences', 'excluded_custom_audiences']) {
    if (targeting[key] === undefined) continue;
    const items = audienceList(call, account, key, targeting[key]);
    listed += items.length;
    targeting[key] = items;
  }
  if (listed > 0) checkTerms(call, account);
  const places = targeting.geo_locations as Record<string, unknown> | undefined;
  const included = (targeting.custom_audiences as unknown[] | undefined)?.length ?? 0;
  if ((!places || Object.keys(places).length === 0) && included === 0) {
    throw refused(1885364, 'Location Missing', 'Choose at least one country, or a custom audience.', ['geo_locations']);
  }
  return targeting;
}

function refuseRetired(targeting: Targeting): void {
  if (targeting.connections !== undefined || targeting.excluded_connections !== undefined) {
    throw refused(1870088, 'Connections Not Available', 'Connections can no longer be used for targeting.', ['connections']);
  }
  const places = targeting.geo_locations as Record<string, unknown> | undefined;
  if (places?.location_types !== undefined) {
    throw refused(1870199, 'Location Types Not Available', 'Location types can no longer be chosen.', ['geo_locations', 'location_types']);
  }
}

function refuseAdvantageClash(targeting: Targeting): void {
  const automation = targeting.targeting_automation as Record<string, unknown> | undefined;
  const flag = automation?.advantage_audience;
  if (flag === undefined) return;
  if (flag !== 0 && flag !== 1)
    throw refused(1870196, 'Invalid Advantage Setting', 'advantage_audience must be 0 or 1.', ['targeting_automation']);
  if (flag === 0) return;
  if (Number(targeting.age_max ?? 65) < 65)
    throw refused(1870189, 'Age Limit', 'With Advantage+ audience the maximum age must be 65.', ['age_max']);
  if (Number(targeting.age_min ?? 18) > 25)
    throw refused(1870188, 'Age Limit', 'With Advantage+ audience the minimum age cannot be above 25.', ['age_min']);
}

/** Ids or {id} objects; each must be a living audience of this account, not flagged. */
function audienceList(call: Call, account: AdAccount, key: string, value: unknown): { id: string; name: string }[] {
  if (!Array.isArray(value)) throw invalidParameter(`Param targeting[${key}] must be an array`);
  if (value.length > maxListed) throw invalidParameter(`Param targeting[${key}] must have at most ${maxListed} entries`);
  return (value as unknown[]).map((item) => {
    const id = typeof item === 'object' && item !== null ? String((item as { id?: unknown }).id) : String(item);
    const audience = call.world.audiences.get(id);
    if (!audience || audience.accountId !== account.id) {
      throw refused(1487301, 'Custom Audience Not Available', `The custom audience ${id} is not shared with this ad account.`, [key]);
    }
    if (audience.deletedAt !== null) throw refused(1487366, 'Custom Audience Deleted', `The custom audience ${id} was deleted.`, [key]);
    if (audience.flagged.length > 0) {
      throw invalidParameter('Invalid parameter', {
        subcode: 2460003,
        title: 'Restricted Custom Audience',
        userMessage: 'A custom audience of this ad set was flagged and cannot be used.',
        data: { 'Restricted Custom Audience IDs': [id] },
      });
    }
    return { id, name: audience.name };
  });
}

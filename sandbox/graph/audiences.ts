import type { Audience } from '../store/records';
import { checkTerms, checkValueTerms, readableAccount, readableAudience, tokenOf, writableAccount, writableAudience } from './access';
import { deliveryStatus, flaggedFields, isFilled, operationStatus, settled } from './audience-status';
import { type Call, mayAdvertise } from './call';
import { GraphFailure, invalidParameter } from './failure';
import { type FieldTable, select } from './fields';
import { lookalikeOf, lookalikesOn, specRead, toldBand } from './lookalikes';
import { filtered, page } from './paging';

const fileSources = ['USER_PROVIDED_ONLY', 'PARTNER_PROVIDED_ONLY', 'BOTH_USER_AND_PARTNER_PROVIDED'];
const keptAsWritten = ['opt_out_link', 'audience_labels', 'use_for_products', 'use_in_campaigns', 'usage_restriction'];

function seconds(at: number | null): number | undefined {
  return at === null ? undefined : Math.floor(at / 1000);
}

function audienceFields(call: Call): FieldTable<Audience> {
  const { world, now } = call;
  const current = (audience: Audience): Audience => settled(world, audience, now);
  const band = (audience: Audience) => toldBand(world, current(audience), now);
  const canEdit = (audience: Audience): boolean => {
    const account = world.accounts.get(audience.accountId);
    return account !== undefined && mayAdvertise(account, tokenOf(call).personId);
  };
  return {
    id: (audience) => audience.id,
    account_id: (audience) => audience.accountId,
    name: (audience) => audience.name,
    description: (audience) => audience.description,
    subtype: (audience) => audience.subtype,
    approximate_count_lower_bound: (audience) => band(audience).lower,
    approximate_count_upper_bound: (audience) => band(audience).upper,
    delivery_status: (audience) => deliveryStatus(current(audience), isFilled(world, audience, now)),
    operation_status: (audience) => operationStatus(world, current(audience), now),
    customer_file_source: (audience) => audience.customerFileSource,
    is_value_based: (audience) => audience.valueBased,
    retention_days: (audience) => audience.retentionDays,
    data_source: (audience) =>
      audience.dataSource === null
        ? { type: 'UNKNOWN', sub_type: 'ANYTHING', creation_params: '[]' }
        : {
            type: 'FILE_IMPORTED',
            sub_type: audience.dataSource,
            creation_params: '[]',
          },
    permission_for_actions: (audience) => ({
      can_edit: canEdit(audience),
      can_see_insight: 'true',
      can_share: 'true',
      subtype_supports_lookalike: 'true',
      supports_recipient_lookalike: 'false',
    }),
    sharing_status: () => undefined,
    time_created: (audience) => seconds(audience.createdAt),
    time_updated: (audience) => seconds(audience.updatedAt),
    time_content_updated: (audience) => seconds(audience.contentUpdatedAt ?? audience.createdAt),
    delete_time: (audience) => seconds(audience.expiresAt),
    fields_violating_integrity_policy: (audience) => (audience.flagged.length > 0 ? audience.flagged : undefined),
    is_household: () => false,
    is_snapshot: () => false,
    is_eligible_for_sac_campaigns: () => true,
    lookalike_audience_ids: (audience) => {
      const ids = lookalikesOn(world, audience.id).map(({ id }) => id);
      return ids.length > 0 ? ids : undefined;
    },
    lookalike_spec: (audience) => audience.lookalike && specRead(world, audience.lookalike),
    rule: () => undefined,
    ...Object.fromEntries(keptAsWritten.map((name) => [name, (audience: Audience) => audience.extra[name]])),
  };
}

export function readAudience(call: Call, id: string): Record<string, unknown> {
  return select(readableAudience(call, id).audience, 'CustomAudience', audienceFields(call), call.params.text('fields'), ['id']);
}

/** GET /act_…/customaudiences, newest first. */
export function listAudiences(call: Call, accountId: string): Record<string, unknown> {
  const account = readableAccount(call, accountId);
  const all = call.world.audiences.where((audience) => audience.accountId === account.id && audience.deletedAt === null);
  const chosen = filtered(call, all, {
    id: (audience) => audience.id,
    name: (audience) => audience.name,
    subtype: (audience) => audience.subtype,
    delete_time: (audience) => seconds(audience.expiresAt),
    'operation_status.code': (audience) => operationStatus(call.world, audience, call.now).code,
    'delivery_status.code': (audience) => deliveryStatus(audience).code,
  });
  return page(call, chosen, (audience) => select(audience, 'CustomAudience', audienceFields(call), call.params.text('fields'), ['id']));
}

/** POST /act_…/customaudiences. Not idempotent: the same name twice makes two audiences. */
export function createAudience(call: Call, accountId: string): Record<string, unknown> {
  const { world, params } = call;
  const account = writableAccount(call, accountId);
  checkTerms(call, account);
  const name = checkedName(call, params.text('name'));
  const subtype = params.text('subtype') ?? 'CUSTOM';
  if (subtype === 'LOOKALIKE') {
    const { lookalike, origin } = lookalikeOf(call, account);
    return putAudience(call, accountId, { name, subtype, customerFileSource: origin.customerFileSource, lookalike });
  }
  if (subtype !== 'CUSTOM')
    throw new GraphFailure(2654, `(#2654) This sandbox creates CUSTOM and LOOKALIKE audiences only, not ${subtype}`, {
      title: 'Failed to create custom audience',
    });
  const source = params.text('customer_file_source');
  if (source === undefined) throw invalidParameter('Missing parameter(s): customer_file_source');
  if (!fileSources.includes(source)) throw invalidParameter(`Param customer_file_source must be one of {${fileSources.join(', ')}}`);
  const retentionDays = Number(params.text('retention_days') ?? 0);
  if (params.has('retention_days') && !(Number.isInteger(retentionDays) && retentionDays >= 1 && retentionDays <= 180)) {
    throw invalidParameter('Param retention_days must be between 1 and 180');
  }
  const living = world.audiences.where(
    (audience) => audience.accountId === accountId && audience.deletedAt === null && audience.subtype === 'CUSTOM',
  );
  if (living.length >= world.settings.maxAudiences) {
    throw new GraphFailure(2654, '(#2654) Failed to create custom audience', {
      title: 'Too Many Custom Audiences',
      userMessage: `An ad account can have at most ${world.settings.maxAudiences} customer list audiences. Delete some first.`,
    });
  }
  const valueBased = ['true', '1'].includes(params.text('is_value_based') ?? '');
  if (valueBased) checkValueTerms(account);
  return putAudience(call, accountId, { name, subtype, customerFileSource: source, valueBased, retentionDays });
}

type Made = Pick<Audience, 'name' | 'subtype' | 'customerFileSource'> &
  Partial<Pick<Audience, 'valueBased' | 'retentionDays' | 'lookalike'>>;

function putAudience(call: Call, accountId: string, made: Made): Record<string, unknown> {
  const { world, now, params } = call;
  const description = params.text('description') ?? '';
  const audience = world.audiences.put({
    ...world.newId(),
    valueBased: false,
    retentionDays: 0,
    ...made,
    accountId,
    description,
    extra: Object.fromEntries(keptAsWritten.filter((key) => params.has(key)).map((key) => [key, params.text(key)])),
    createdAt: now,
    updatedAt: now,
    contentUpdatedAt: null,
    deletedAt: null,
    expiresAt: null,
    dataSource: null,
    knownMatched: 0,
    lastInvalidShare: 0,
    flagged: flaggedFields(made.name, description),
    generation: 1,
    replace: null,
    replaceFailed: false,
    forcedStatus: null,
  });
  call.notes.audienceId = audience.id;
  return { id: audience.id };
}

function checkedName(call: Call, name: string | undefined): string {
  if (name === undefined || name.trim() === '') throw invalidParameter('Missing parameter(s): name');
  const most = call.world.settings.maxNameLength;
  if (name.length > most) throw invalidParameter(`Param name must be no longer than ${most} characters`);
  return name;
}

/** POST /{audience}: metadata. A flagged audience takes only a change that mends what it was flagged for. */
export function updateAudience(call: Call, id: string): Record<string, unknown> {
  const { world, params } = call;
  const { audience } = writableAudience(call, id);
  const name = params.has('name') ? checkedName(call, params.text('name')) : audience.name;
  const description = params.text('description') ?? audience.description;
  const flagged = flaggedFields(name, description);
  if (audience.flagged.length > 0 && flagged.length > 0) {
    throw invalidParameter('Invalid parameter', {
      subcode: 1713231,
      title: 'Audience Flagged',
      userMessage: `Change ${flagged.join(' and ')} first: it may suggest health or financial status.`,
    });
  }
  const source = params.text('customer_file_source') ?? audience.customerFileSource;
  if (!fileSources.includes(source)) throw invalidParameter(`Param customer_file_source must be one of {${fileSources.join(', ')}}`);
  world.audiences.put({
    ...audience,
    name,
    description,
    flagged,
    customerFileSource: source,
    retentionDays: params.has('retention_days') ? Number(params.text('retention_days')) : audience.retentionDays,
    extra: {
      ...audience.extra,
      ...Object.fromEntries(keptAsWritten.filter((key) => params.has(key)).map((key) => [key, params.text(key)])),
    },
    updatedAt: call.now,
  });
  return { success: true };
}

/** DELETE /{audience}: for good. */
export function deleteAudience(call: Call, id: string): Record<string, unknown> {
  const { audience } = readableAudience(call, id);
  writableAccount(call, audience.accountId);
  if (lookalikesOn(call.world, id).length > 0)
    throw new GraphFailure(2656, '(#2656) Failed to delete custom audience', {
      title: 'Lookalike Audiences Depend On This Audience',
      userMessage: 'Delete the lookalike audiences made from this audience first.',
    });
  eraseAudience(call.world, audience, call.now);
  return { success: true };
}

export function eraseAudience(world: Call['world'], audience: Audience, now: number): void {
  world.audiences.put({ ...audience, deletedAt: now, replace: null });
  world.members.discard(audience.id, audience.generation);
  if (audience.replace) world.members.discard(audience.id, audience.generation + 1);
}

import type { AdSet, Campaign } from '../store/records';
import type { World } from '../store/world';
import { readableAccount } from './access';
import { graphTime } from './ad-accounts';
import type { Call } from './call';
import { invalidParameter, missingObject } from './failure';
import { type FieldTable, select } from './fields';
import { filtered, page } from './paging';
import { targetingAsRead } from './targeting';

const filterable = [
  'ACTIVE',
  'PAUSED',
  'DELETED',
  'PENDING_REVIEW',
  'DISAPPROVED',
  'PREAPPROVED',
  'PENDING_BILLING_INFO',
  'CAMPAIGN_PAUSED',
  'ARCHIVED',
  'ADSET_PAUSED',
  'IN_PROCESS',
  'WITH_ISSUES',
];

export function effectiveStatus(world: World, adSet: AdSet): string {
  if (adSet.status !== 'ACTIVE') return adSet.status;
  const campaign = world.campaigns.get(adSet.campaignId);
  if (campaign?.status === 'PAUSED') return 'CAMPAIGN_PAUSED';
  if (campaign && campaign.status !== 'ACTIVE') return campaign.status;
  return brokenAudiences(world, adSet).length > 0 ? 'WITH_ISSUES' : 'ACTIVE';
}

/** Targeted audiences that were deleted or flagged: the ad set stops delivering. */
function brokenAudiences(world: World, adSet: AdSet): string[] {
  const listed = ['custom_audiences', 'excluded_custom_audiences'].flatMap((key) => (adSet.targeting[key] ?? []) as { id: string }[]);
  return listed
    .map((item) => world.audiences.get(item.id))
    .filter((audience) => audience !== undefined && (audience.deletedAt !== null || audience.flagged.length > 0))
    .map((audience) => audience?.id ?? '');
}

function adSetFields(call: Call): FieldTable<AdSet> {
  const { world } = call;
  return {
    id: (adSet) => adSet.id,
    name: (adSet) => adSet.name,
    status: (adSet) => adSet.status,
    configured_status: (adSet) => adSet.status,
    effective_status: (adSet) => effectiveStatus(world, adSet),
    campaign_id: (adSet) => adSet.campaignId,
    campaign: (adSet) => {
      const campaign = world.campaigns.get(adSet.campaignId);
      return campaign ? campaignObject(campaign) : undefined;
    },
    account_id: (adSet) => adSet.accountId,
    targeting: (adSet) => targetingAsRead(world, adSet.targeting),
    optimization_goal: (adSet) => adSet.optimizationGoal,
    billing_event: () => 'IMPRESSIONS',
    bid_strategy: () => 'LOWEST_COST_WITHOUT_CAP',
    daily_budget: (adSet) => adSet.dailyBudget,
    lifetime_budget: () => '0',
    start_time: (adSet) => graphTime(adSet.startAt),
    end_time: () => undefined,
    created_time: (adSet) => graphTime(adSet.startAt),
    updated_time: (adSet) => graphTime(adSet.updatedAt),
    learning_stage_info: (adSet) =>
      adSet.learningResetAt === null
        ? { status: 'SUCCESS', conversions: 61 }
        : {
            status: 'LEARNING',
            conversions: 0,
            last_sig_edit_ts: Math.floor(adSet.learningResetAt / 1000),
          },
    issues_info: (adSet) => {
      const broken = brokenAudiences(world, adSet);
      if (broken.length === 0) return undefined;
      return [
        {
          level: 'AD_SET',
          error_code: 2460003,
          error_summary: 'Audience cannot be used',
          error_message: 'A custom audience of this ad set was deleted or flagged.',
          error_type: 'HARD_ERROR',
          additional_info: broken.join(','),
        },
      ];
    },
    promoted_object: () => undefined,
    destination_type: () => 'UNDEFINED',
    is_dynamic_creative: () => false,
  };
}

function campaignObject(campaign: Campaign): Record<string, unknown> {
  return {
    id: campaign.id,
    name: campaign.name,
    objective: campaign.objective,
    status: campaign.status,
    effective_status: campaign.status,
    special_ad_categories: campaign.specialAdCategories,
  };
}

/** GET /act_…/adsets. Deleted and archived ones only when asked for by effective_status. */
export function listAdSets(call: Call, accountId: string): Record<string, unknown> {
  const account = readableAccount(call, accountId);
  const { world, params } = call;
  const wanted = params.list('effective_status') as string[] | undefined;
  const unknown = wanted?.find((status) => !filterable.includes(status));
  if (unknown !== undefined)
    throw invalidParameter(`Param effective_status[0] must be one of {${filterable.join(', ')}} - got "${unknown}".`);
  const since = params.has('updated_since') ? Number(params.text('updated_since')) * 1000 : 0;
  const all = world.adSets.where((adSet) => {
    if (adSet.accountId !== account.id || adSet.updatedAt < since) return false;
    const status = effectiveStatus(world, adSet);
    return wanted
      ? wanted.includes(status) || (wanted.includes('ADSET_PAUSED') && status === 'PAUSED')
      : !['DELETED', 'ARCHIVED'].includes(status);
  });
  const name = (adSet: AdSet): string => adSet.name;
  const campaignName = (adSet: AdSet): string => world.campaigns.get(adSet.campaignId)?.name ?? '';
  const chosen = filtered(call, all, {
    id: (adSet) => adSet.id,
    'adset.id': (adSet) => adSet.id,
    name,
    'adset.name': name,
    'campaign.id': (adSet) => adSet.campaignId,
    'campaign.name': campaignName,
    effective_status: (adSet) => effectiveStatus(world, adSet),
    'adset.effective_status': (adSet) => effectiveStatus(world, adSet),
    updated_time: (adSet) => Math.floor(adSet.updatedAt / 1000),
  });
  return page(call, chosen, (adSet) => select(adSet, 'AdSet', adSetFields(call), params.text('fields'), ['id']));
}

export function findAdSet(call: Call, id: string): AdSet {
  const adSet = call.world.adSets.get(id);
  if (!adSet) throw missingObject(id);
  readableAccount(call, adSet.accountId);
  return adSet;
}

export function readAdSet(call: Call, id: string): Record<string, unknown> {
  return select(findAdSet(call, id), 'AdSet', adSetFields(call), call.params.text('fields'), ['id']);
}

const campaignFields: FieldTable<Campaign> = {
  id: (campaign) => campaign.id,
  account_id: (campaign) => campaign.accountId,
  name: (campaign) => campaign.name,
  objective: (campaign) => campaign.objective,
  status: (campaign) => campaign.status,
  configured_status: (campaign) => campaign.status,
  effective_status: (campaign) => campaign.status,
  special_ad_categories: (campaign) => campaign.specialAdCategories,
};

export function listCampaigns(call: Call, accountId: string): Record<string, unknown> {
  const account = readableAccount(call, accountId);
  const all = call.world.campaigns.where(
    (campaign) => campaign.accountId === account.id && !['DELETED', 'ARCHIVED'].includes(campaign.status),
  );
  const chosen = filtered(call, all, {
    name: (campaign) => campaign.name,
    id: (campaign) => campaign.id,
  });
  return page(call, chosen, (campaign) => select(campaign, 'Campaign', campaignFields, call.params.text('fields'), ['id']));
}

export function readCampaign(call: Call, id: string): Record<string, unknown> {
  const campaign = call.world.campaigns.get(id);
  if (!campaign) throw missingObject(id);
  readableAccount(call, campaign.accountId);
  return select(campaign, 'Campaign', campaignFields, call.params.text('fields'), ['id']);
}

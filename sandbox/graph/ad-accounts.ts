import type { AdAccount } from '../store/records';
import { businessAccepted, readableAccount, tokenOf, valueTermsAccepted } from './access';
import type { Call } from './call';
import { GraphFailure } from './failure';
import { type FieldTable, select } from './fields';

export function accountFields(call: Call): FieldTable<AdAccount> {
  const { world } = call;
  const { personId } = tokenOf(call);
  const accepted = (yes: boolean): Record<string, number> => (yes ? { custom_audience_tos: 1 } : {});
  return {
    id: (account) => `act_${account.id}`,
    account_id: (account) => account.id,
    name: (account) => account.name,
    account_status: (account) => account.status,
    disable_reason: (account) => account.disableReason,
    currency: (account) => account.currency,
    timezone_name: (account) => account.zone.name,
    timezone_id: (account) => account.zone.id,
    timezone_offset_hours_utc: (account) => account.zone.offsetHours,
    business: (account) => {
      const business = world.businesses.get(account.businessId ?? '');
      return business ? { id: business.id, name: business.name } : undefined;
    },
    owner: (account) => account.ownerId,
    capabilities: () => ['DIRECT_SALES', 'CUSTOM_AUDIENCES_CREATOR'],
    user_tasks: (account) => account.roles[personId] ?? [],
    tos_accepted: (account) => ({
      ...accepted(businessAccepted(world, account.businessId)),
      ...(valueTermsAccepted(account) ? { value_based_custom_audience_tos: 1 } : {}),
    }),
    user_tos_accepted: (account) => accepted(world.terms.get(`${personId}:${account.businessId}`) !== undefined),
    amount_spent: () => '184200',
    balance: () => '0',
    spend_cap: () => '0',
    min_daily_budget: () => 100,
    age: (account) => Math.floor((call.now - account.createdAt) / 86_400_000),
    created_time: (account) => graphTime(account.createdAt),
    end_advertiser: (account) => account.ownerId,
    funding_source: (account) => {
      if ((account.roles[personId] ?? []).includes('MANAGE')) return '1000000000001';
      throw new GraphFailure(10, '(#10) Application does not have permission for this action');
    },
  };
}

/** `2026-11-23T18:00:00+0000`. */
export function graphTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}+0000`;
}

export function readAccount(call: Call, accountId: string): Record<string, unknown> {
  return select(readableAccount(call, accountId), 'AdAccount', accountFields(call), call.params.text('fields'), ['account_id', 'id']);
}

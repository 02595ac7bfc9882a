import type { CampaignMode, SendBy } from '@/db/schema';
import type { CampaignOptions } from '@/lib/campaign/plan';

/** A replacement that is not complete by then ends by itself. Marketing API "Customer File Custom Audiences", read 2026-09. */
export const sessionMs = 90 * 60_000;

/** operation_status with which a replacement may begin: normal, and after one that failed. The same page, and "Custom Audience". */
export const isReplaceable = (operationCode: number | null): boolean => operationCode === 200 || operationCode === 415;

/** operation_status while Facebook puts a replacement in place. */
export const replacing = 414;

/** That, and while it looks for the people of the last upload: both pass by themselves, which no other status does. */
export const willPass = (operationCode: number | null): boolean => operationCode === replacing || operationCode === 441;
export const replaceFailed = 415;

export type SendFacts = {
  chosen: CampaignOptions['sendBy'];
  mode: CampaignMode;
  /** Made by Beckon: what others have put into an audience a replacement would drop. */
  made: boolean;
  /** By the ledger; what has nobody in it has nothing to be replaced. */
  members: number;
  operationCode: number | null;
  /** One of the campaign's ad sets that use the audience is active: it would learn anew after a change through /users. */
  activeAdSet: boolean;
  /** Facebook has refused removals of the last run: that many would have been left too few. */
  removalsRefused: boolean;
};

/**
 * Which way a run is meant to go, as far as it is known before the difference. Pure. Automatically: what disturbs less, and what Facebook
 * does not refuse.
 */
export function meantSendBy({ chosen, mode, made, members, operationCode, activeAdSet, removalsRefused }: SendFacts): SendBy {
  if (mode !== 'mirror' || !made || members === 0 || chosen === 'difference') return 'difference';
  if (chosen === 'replace') return 'replace';
  return isReplaceable(operationCode) && (activeAdSet || removalsRefused) ? 'replace' : 'difference';
}

/** Of the ninety minutes; the rest is for waiting and trying again. */
const usedShare = 0.7;

export type Rate = {
  /** Of one request of this account, as measured; null before the first. */
  requestMs: number | null;
  inFlight: number;
};

const unknownRequestMs = 5_000;

/** Whether a replacement by so many requests will be complete in time, at the account's rate. Pure. */
export const fitsSession = (requests: number, { requestMs, inFlight }: Rate): boolean =>
  (requests * (requestMs ?? unknownRequestMs)) / inFlight <= sessionMs * usedShare;

import { createHash } from 'node:crypto';

/**
 * Seed of the hash by which a campaign draws its control group and fills its cap: the same people each time, others in another campaign.
 * Signed 64 bits; must never change, or people move between target and control.
 */
export const drawSeed = (campaignId: string): bigint => createHash('sha256').update(campaignId).digest().readBigInt64BE(0);

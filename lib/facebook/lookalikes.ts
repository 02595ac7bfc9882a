import { CustomAudience, AdAccount as SdkAdAccount } from 'facebook-nodejs-business-sdk';
import { type AudienceInfo, findByMark, madeId } from './ads';
import type { Graph } from './transport';

/** As findAudienceByMark. */
export const findLookalikeByMark = (graph: Graph, accountId: string, mark: string): Promise<AudienceInfo | null> =>
  findByMark(graph, accountId, mark, 'LOOKALIKE');

export type LookalikeWish = {
  name: string;
  description: string;
  originId: string;
  country: string;
  percent: number;
  /** Of a value-based seed: like those who are worth most. */
  valued: boolean;
};

/** Not idempotent at Facebook: look for the mark first. @returns its id. */
export async function createLookalike(graph: Graph, accountId: string, wish: LookalikeWish): Promise<string> {
  const { name, description, originId, country, percent, valued } = wish;
  const spec = JSON.stringify({ country, ratio: percent / 100, ...(valued ? { type: 'custom_ratio' } : {}) });
  const facts = { name, description, subtype: 'LOOKALIKE', origin_audience_id: originId, lookalike_spec: spec };
  return madeId(await new SdkAdAccount(accountId, {}, null, graph).createCustomAudience([], facts));
}

export async function deleteAudience(graph: Graph, id: string): Promise<void> {
  await new CustomAudience(id, {}, null, graph).delete([]);
}

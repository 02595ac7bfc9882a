import { adAccount } from '@/lib/facebook/ads';
import { GraphError } from '@/lib/facebook/errors';
import type { Graph } from '@/lib/facebook/transport';

/**
 * Facebook says the same (100/33) of what was deleted and of what it does not show to the connection any more. Asked of the ad account the
 * difference is seen. @returns the account's own refusal where it is hidden as well; else what was given.
 */
export async function seenThrough(graph: Graph, adAccountId: string, error: GraphError): Promise<GraphError> {
  if (error.facts.code !== 100 || error.facts.subcode !== 33) return error;
  try {
    await adAccount(graph, adAccountId);
    return error;
  } catch (hidden) {
    if (hidden instanceof GraphError) return hidden.of({ kind: 'adAccount' });
    throw hidden;
  }
}

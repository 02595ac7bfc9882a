import type { Receipt } from '@/db/removals';

/** What the API says of an erasure or a withdrawal of consent. */
export function receiptView({ id, kind, requestedAt, finishedAt, events, removals }: Receipt): object {
  return {
    id,
    kind,
    state: finishedAt ? 'finished' : 'pending',
    requestedAt,
    finishedAt,
    events,
    removals: removals.map(({ audience, facebookId, outcome, at, traceId, waitsFor }) => ({
      audience: { id: facebookId, name: audience },
      state: outcome ?? 'pending',
      at,
      traceId,
      waitsFor,
    })),
  };
}

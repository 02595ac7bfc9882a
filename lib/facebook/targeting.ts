import { AdSet as SdkAdSet } from 'facebook-nodejs-business-sdk';
import { GraphError } from './errors';
import type { Graph } from './transport';

export type Use = 'include' | 'exclude';

type Targeting = Record<string, unknown> & { custom_audiences?: { id: string }[]; excluded_custom_audiences?: { id: string }[] };

const fieldOf = { include: 'custom_audiences', exclude: 'excluded_custom_audiences' } as const;

/** Read back from old ad sets, and refused when written (1870199, 1870088). Marketing API "Error Codes", read 2026-09. */
const retired = ['connections', 'excluded_connections', 'friends_of_connections'];

/**
 * Makes the ad set show to, or hide from, the audience; everything else of its targeting stays. Writing replaces the whole object, so it
 * is read right before and read back after. May be repeated.
 * @param formerId an audience that was deleted, and has to go from the targeting.
 * @returns whether anything had to be written; `exchanged` where it was that audience.
 * @throws GraphError also for an ad set that was deleted: Facebook still answers for it.
 */
export async function attachAudience(
  graph: Graph,
  adSetId: string,
  audienceId: string,
  as: Use,
  formerId: string | null = null,
): Promise<'kept' | 'attached' | 'exchanged'> {
  const { targeting, isOver } = await read(new SdkAdSet(adSetId, {}, null, graph));
  if (isOver) throw new GraphError({ kind: 'api', status: 400, code: 1487056 }, null, null);
  const others = withoutAudience(formerId === null ? targeting : withoutAudience(targeting, formerId), audienceId);
  if (!(await write(graph, adSetId, targeting, withAudience(others, audienceId, as)))) return 'kept';
  return formerId !== null && uses(withoutAudience(targeting, formerId)) !== uses(targeting) ? 'exchanged' : 'attached';
}

/** Takes the audience out of both lists of the ad set; one that was deleted shows it to nobody. */
export async function detachAudience(graph: Graph, adSetId: string, audienceId: string): Promise<boolean> {
  const { targeting, isOver } = await read(new SdkAdSet(adSetId, {}, null, graph));
  return isOver ? false : write(graph, adSetId, targeting, withoutAudience(targeting, audienceId));
}

async function write(graph: Graph, adSetId: string, before: Targeting, wanted: Targeting): Promise<boolean> {
  if (uses(before) === uses(wanted)) return false;
  const adSet = new SdkAdSet(adSetId, {}, null, graph);
  await adSet.update([], { targeting: writable(wanted) });
  const after = await read(new SdkAdSet(adSetId, {}, null, graph));
  if (uses(after.targeting) !== uses(wanted)) throw new GraphError({ kind: 'api', status: 200, code: 2, transient: true }, null, null);
  return true;
}

async function read(adSet: SdkAdSet): Promise<{ targeting: Targeting; isOver: boolean }> {
  const answer = await adSet.get(['targeting', 'effective_status']);
  const { _data = {} } = answer as unknown as { _data?: { targeting?: Targeting; effective_status?: string } };
  const isOver = ['DELETED', 'ARCHIVED'].includes(_data.effective_status ?? '');
  // Every ad set has one. What is written on half an answer would wipe out the rest.
  if (!_data.targeting && !isOver) throw new GraphError({ kind: 'api', status: 200, code: 2, transient: true }, null, null);
  return { targeting: _data.targeting ?? {}, isOver };
}

function withAudience(targeting: Targeting, audienceId: string, as: Use): Targeting {
  const field = fieldOf[as];
  return { ...targeting, [field]: [...(targeting[field] ?? []), { id: audienceId }] };
}

function withoutAudience(targeting: Targeting, audienceId: string): Targeting {
  const rest: Targeting = { ...targeting };
  for (const field of Object.values(fieldOf)) {
    const list = targeting[field]?.filter((audience) => audience.id !== audienceId);
    if (list?.length) rest[field] = list;
    else delete rest[field];
  }
  return rest;
}

/** Both lists of ids, in one comparable text. */
const uses = (targeting: Targeting) =>
  JSON.stringify(Object.values(fieldOf).map((field) => (targeting[field] ?? []).map((a) => a.id).sort()));

function writable(targeting: Targeting): Targeting {
  const clean: Targeting = { ...targeting };
  for (const field of Object.values(fieldOf)) {
    const list = clean[field];
    if (list) clean[field] = list.map(({ id }) => ({ id }));
  }
  for (const field of retired) delete clean[field];
  for (const field of ['geo_locations', 'excluded_geo_locations']) {
    const places = clean[field];
    if (typeof places === 'object' && places !== null) clean[field] = { ...places, location_types: undefined };
  }
  return clean;
}

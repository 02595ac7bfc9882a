import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { deliveryStatus, isFilled, operationStatus, settled } from '../graph/audience-status';
import { eraseAudience } from '../graph/audiences';
import { toldBand } from '../graph/lookalikes';
import type { Audience, Lookalike } from '../store/records';
import type { World } from '../store/world';
import { type ControlCall, found } from './control';

export interface AudienceView {
  id: string;
  accountId: string;
  name: string;
  description: string;
  deleted: boolean;
  /** Exactly how many rows the audience holds. */
  members: number;
  /** Members that belong to somebody on Facebook; Facebook itself tells only a band. */
  matched: number;
  sizeLower: number;
  sizeUpper: number;
  operation: { code: number; description: string };
  delivery: { code: number; description: string };
  dataSource: string | null;
  replacing: boolean;
  retentionDays: number;
  createdAt: string;
  contentUpdatedAt: string | null;
  lookalike: Lookalike | null;
}

/** Newest first, deleted ones last. */
export function listAudienceViews(world: World): AudienceView[] {
  return world.audiences
    .all()
    .sort((a, b) => Number(a.deletedAt !== null) - Number(b.deletedAt !== null) || b.seq - a.seq)
    .map((audience) => view(world, audience));
}

export function audienceView(world: World, id: string): AudienceView {
  return view(world, found(world.audiences.get(id), 'audience'));
}

function view(world: World, stored: Audience): AudienceView {
  const now = world.now();
  const deleted = stored.deletedAt !== null;
  const audience = deleted ? stored : settled(world, stored, now);
  const members = deleted ? null : world.membersOf(audience);
  const { lower, upper } = toldBand(world, audience, now);
  return {
    id: audience.id,
    accountId: `act_${audience.accountId}`,
    name: audience.name,
    description: audience.description,
    deleted,
    members: members?.count ?? 0,
    matched: members?.matched(world.settings.matchRate) ?? 0,
    sizeLower: lower,
    sizeUpper: upper,
    operation: deleted ? { code: 0, description: 'Deleted' } : operationStatus(world, audience, now),
    delivery: deliveryStatus(audience, isFilled(world, audience, now)),
    lookalike: audience.lookalike ?? null,
    dataSource: audience.dataSource,
    replacing: audience.replace !== null,
    retentionDays: audience.retentionDays,
    createdAt: new Date(audience.createdAt).toISOString(),
    contentUpdatedAt: audience.contentUpdatedAt === null ? null : new Date(audience.contentUpdatedAt).toISOString(),
  };
}

/** Every member as one JSON line: schema key to value as it is stored, blanks left out, oldest first. */
export async function streamMembers(world: World, id: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const audience = found(world.audiences.get(id), 'audience');
  let text = '';
  if (audience.deletedAt === null) {
    for (const row of world.membersOf(audience).rows()) {
      text += `${JSON.stringify(row)}\n`;
      if (text.length < 256 * 1024) continue;
      if (!response.write(text)) await once(response, 'drain');
      text = '';
    }
  }
  response.end(text);
}

/** Flags it, forces a status, lets it expire, or fails the replace that is running. */
export function changeAudience({ world, id, input }: ControlCall): AudienceView {
  const audience = found(world.audiences.get(id), 'audience');
  if (input.failReplace === true && audience.replace) world.members.discard(audience.id, audience.generation + 1);
  world.audiences.put({
    ...audience,
    ...(input.failReplace === true ? { replace: null, replaceFailed: true } : {}),
    ...(Array.isArray(input.flagged) ? { flagged: input.flagged as string[] } : {}),
    ...(input.forcedStatus === undefined ? {} : { forcedStatus: input.forcedStatus as number | null }),
    ...(input.expiresAt === undefined ? {} : { expiresAt: input.expiresAt as number | null }),
  });
  return audienceView(world, id);
}

/** As if somebody had deleted it in Ads Manager. */
export function dropAudience({ world, id }: ControlCall): AudienceView {
  const audience = found(world.audiences.get(id), 'audience');
  if (audience.deletedAt === null) eraseAudience(world, audience, world.now());
  return audienceView(world, id);
}

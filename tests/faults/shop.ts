import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Run } from '@/db/runs';
import { audiences, campaigns, syncBatches, syncRuns } from '@/db/schema';
import { segmentSql } from '@/db/segments';
import { type Definition, parseDefinition } from '@/lib/segment/definition';
import { sandboxAccounts } from '@/tests/support/sandbox';
import type { Story } from '@/tests/support/story';

/** A shop whose campaigns are driven through every fault, and the one question asked afterwards: is everything as it should be? */

/** Mulberry32. */
export function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const dayMs = 86_400_000;
const hourMs = 3_600_000;
const opening = Date.parse('2026-05-01T08:00:00Z');

export const iso = (ms: number) => new Date(ms).toISOString();

export type SendBy = 'difference' | 'replace';

export type Campaign = {
  id: string;
  name: string;
  definition: Definition;
  sendBy: SendBy;
  adSetId: string /** Instant of its first occurrence. */;
  first: number;
};

export class Shop {
  /** Of all shops of a process, which may share a sandbox: names and days are never used twice. */
  private static made = 0;
  private static today = opening;
  private adSets: string[] = [];
  private readonly people: string[];

  constructor(
    readonly story: Story,
    private readonly random: () => number,
    size: number,
  ) {
    this.people = Array.from({ length: size }, (_, i) => `p${i}`);
  }

  async open(): Promise<void> {
    const all = await this.story.sandbox.control.adSets();
    this.adSets = all.filter((one) => `act_${one.accountId}` === sandboxAccounts.main && one.status === 'ACTIVE').map((one) => one.id);
    await this.story.send(
      this.people.map((userId) => this.person(userId)),
      iso(Shop.today - dayMs),
    );
  }

  /** A daily campaign for whoever does its event; each has an event, an audience and days of its own. */
  async campaign(sendBy: SendBy): Promise<Campaign> {
    const n = Shop.made++;
    const name = `Joined ${n}`;
    const first = Shop.today;
    const definition = parseDefinition({ did: name, within: { last: { hours: 24 } } });
    const adSetId = this.adSets[n % this.adSets.length] ?? '';
    const plan = {
      name,
      definition,
      audience: { new: { name } },
      identifiers: ['email' as const, 'phone' as const],
      schedule: { kind: 'every' as const, every: { days: 1 }, time: '08:00', zone: 'UTC', start: iso(first).slice(0, 10) },
      adSets: [{ id: adSetId, as: 'include' as const }],
      sendBy,
    };
    const id = await this.story.campaign(plan, iso(first - 3 * hourMs));
    return { id, name, definition, sendBy, adSetId, first };
  }

  /** Once, by the clock on the wall: for a server that knows no other. */
  async campaignOfNow(): Promise<Campaign> {
    const n = Shop.made++;
    const name = `Joined ${n}`;
    const now = new Date();
    await this.story.send(
      this.people.slice(3).map((userId) => ({ type: 'track', userId, event: name })),
      iso(now.getTime() - hourMs),
    );
    const definition = parseDefinition({ did: name, within: { last: { hours: 24 } } });
    const adSetId = this.adSets[n % this.adSets.length] ?? '';
    const plan = { name, definition, audience: { new: { name } }, identifiers: ['email' as const, 'phone' as const] };
    const id = await this.story.campaign({ ...plan, adSets: [{ id: adSetId, as: 'include' }], sendBy: 'difference' }, iso(now.getTime()));
    const [due] = await this.story.db.orm.select({ nextAt: campaigns.nextAt }).from(campaigns).where(eq(campaigns.id, id));
    return { id, name, definition, sendBy: 'difference', adSetId, first: due?.nextAt?.getTime() ?? now.getTime() };
  }

  /** What happens before an occurrence, and what comes too late for it. Never nobody, and always somebody new and somebody gone. */
  async liveUntil(campaign: Campaign, occurrence: number): Promise<void> {
    const [always = '', alternating = '', ...others] = this.people;
    const odd = ((occurrence - campaign.first) / dayMs) % 2 === 1;
    const comes = [always, ...(odd ? [alternating] : []), ...others.filter((_, i) => (i === 0 ? !odd : this.random() < 0.5))];
    const changed = this.people.filter(() => this.random() < 0.05).map((userId) => this.person(userId));
    const track = (userId: string) => ({ type: 'track', userId, event: campaign.name });
    await this.story.send([...changed, ...comes.map(track)], iso(occurrence - hourMs));
    await this.story.send(this.people.filter(() => this.random() < 0.2).map(track), iso(occurrence + 2_000));
  }

  /** A few share an e-mail or a phone. */
  private person(userId: string): Record<string, unknown> {
    const n = Math.floor(this.random() * this.people.length);
    const email = this.random() < 0.15 ? `family${n % 5}@example.com` : `${userId}.${n}@example.com`;
    const phone = this.random() < 0.3 ? { phone: `+9198765432${String(n % 100).padStart(2, '0')}` } : {};
    return { type: 'identify', userId, traits: { email, ...phone } };
  }

  /** Ticks at later and later instants, until the run of that occurrence has ended. */
  async driveOn(campaign: Campaign, occurrence: number, from: number): Promise<void> {
    const ended = and(
      eq(syncRuns.campaignId, campaign.id),
      eq(syncRuns.occurrenceAt, new Date(occurrence)),
      isNotNull(syncRuns.finishedAt),
    );
    for (let i = 1; i <= 15; i++) {
      await this.story.tick(iso(from + i * 12 * 60_000));
      if ((await this.story.db.orm.select({ id: syncRuns.id }).from(syncRuns).where(ended)).length > 0) return;
    }
  }

  /** Makes nothing any more; the next campaign begins after its days. */
  async retire(campaign: Campaign, last: number): Promise<void> {
    await this.story.db.orm.update(campaigns).set({ state: 'archived', nextAt: null }).where(eq(campaigns.id, campaign.id));
    Shop.today = last + 2 * dayMs;
  }

  /** Whatever is not as it should be after the run of the last of those occurrences, in words. */
  async wrongs(campaign: Campaign, occurrences: number[]): Promise<string[]> {
    const { db, sandbox } = this.story;
    const wanted = await this.wantedRows(campaign, occurrences.at(-1) ?? 0);
    const made = (await sandbox.control.audiences()).filter((one) => one.name === campaign.name && !one.deleted);
    const held: string[] = [];
    if (made[0]) for await (const row of sandbox.control.members(made[0].id)) held.push(`${row.EMAIL ?? ''} ${row.PHONE ?? ''}`);
    const runs = await db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, campaign.id)).orderBy(syncRuns.occurrenceAt);
    const [audience] = await db.orm.select().from(audiences).where(eq(audiences.campaignId, campaign.id));
    const ledger = await this.ledgerOf(audience?.id ?? 0);
    const pending = await db.orm
      .select({ seq: syncBatches.seq })
      .from(syncBatches)
      .where(
        and(
          inArray(
            syncBatches.runId,
            runs.map((run) => run.id),
          ),
          inArray(syncBatches.state, ['pending', 'deferred']),
        ),
      );
    const shown = (await sandbox.control.adSet(campaign.adSetId)).targeting.custom_audiences ?? [];
    const found: [boolean, string][] = [
      [made.length !== 1, `${made.length} audiences were made`],
      [!same(held, wanted), `the audience holds ${difference(held, wanted)}`],
      [!same(ledger.rows, wanted), `the ledger holds ${difference(ledger.rows, wanted)}`],
      [ledger.unsure > 0, `${ledger.unsure} rows of the ledger are in doubt`],
      [audience?.members !== ledger.count, `the audience counts ${audience?.members} members, the ledger ${ledger.count}`],
      [
        !same(
          runs.map((run) => run.occurrenceAt.toISOString()),
          occurrences.map(iso),
        ),
        `runs at ${runs.map((run) => run.occurrenceAt.toISOString())}`,
      ],
      [runs.some((run) => run.state !== 'confirmed'), `runs are ${runs.map((run) => run.state)}`],
      [
        runs.some((run) => !isCountedOnce(run, campaign.sendBy)),
        `runs counted ${runs.map((run) => [run.added, run.toAdd, run.removed, run.toRemove, run.invalid].join('/'))}`,
      ],
      [pending.length > 0, `${pending.length} requests have no answer`],
      [shown.filter((one) => one.id === made[0]?.id).length !== 1, 'the ad set does not show it once'],
    ];
    return found.flatMap(([isWrong, words]) => (isWrong ? [words] : []));
  }

  private async wantedRows({ definition }: Campaign, at: number): Promise<string[]> {
    const segment = await segmentSql(this.story.db, this.story.workspaceId, definition, new Date(at));
    const rows = await this.story.db.orm.execute<{ row: string }>(sql`
      select distinct coalesce(encode(i.email, 'hex'), '') || ' ' || coalesce(encode(i.phone, 'hex'), '') as row
      from (${segment}) m join profile_identifiers i on i.workspace_id = ${this.story.workspaceId} and i.profile_id = m.profile_id`);
    return rows.map(({ row }) => row);
  }

  private async ledgerOf(audienceId: number): Promise<{ rows: string[]; count: number; unsure: number }> {
    const rows = await this.story.db.orm.execute<{ row: string; state: string; stale: boolean }>(sql`
      select coalesce(encode(cells[1], 'hex'), '') || ' ' || coalesce(encode(cells[2], 'hex'), '') as row, state, stale_rows is not null as stale
      from audience_members where audience_id = ${audienceId}`);
    const unsure = rows.filter((one) => one.state !== 'in' || one.stale).length;
    return { rows: [...new Set(rows.map((one) => one.row))], count: rows.length, unsure };
  }
}

/** By difference each row that was to go out; by replacement only who was not there before. */
function isCountedOnce(run: Run, sendBy: SendBy): boolean {
  const added = sendBy === 'difference' ? run.added === run.toAdd : run.added <= (run.toAdd ?? 0);
  return added && run.removed === run.toRemove && run.invalid === 0;
}

const same = (some: string[], others: string[]) => JSON.stringify(some.toSorted()) === JSON.stringify(others.toSorted());

const difference = (has: string[], wants: string[]) =>
  `${has.filter((one) => !wants.includes(one)).length} too many and ${wants.filter((one) => !has.includes(one)).length} too few of ${wants.length}`;

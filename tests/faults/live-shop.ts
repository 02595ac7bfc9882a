import { and, desc, eq, sql } from 'drizzle-orm';
import { audiences, campaigns, syncRuns } from '@/db/schema';
import { textArray } from '@/lib/array-literal';
import type { Story } from '@/tests/support/story';
import { disagreements, rowsOf, worded } from './agreement';
import { activeAdSets, calendar, dayMs, identify, iso } from './shop';

/** The same shop's live campaigns: who joins and leaves is told within the minutes before a moment, and is in or out soon after it. */

const minuteMs = 60_000;
/** What a wait of such a campaign lasts. */
const gapMs = 10 * minuteMs;

type Told = { userId: string; leaves: boolean; at: number };

export type LiveCampaign = {
  id: string;
  name: string;
  adSetId: string;
  /** Joining and then not leaving for ten minutes, in place of joining. */
  waits: boolean;
  /** Listens from here on. */
  begins: number;
  /** A first moment, on the half hour: its comparisons are on the hour. */
  first: number;
  told: Told[];
};

export class LiveShop {
  private adSets: string[] = [];
  private readonly people: string[];

  constructor(
    readonly story: Story,
    private readonly random: () => number,
    size: number,
  ) {
    this.people = Array.from({ length: size }, (_, i) => `live${i}`);
  }

  async open(): Promise<void> {
    this.adSets = await activeAdSets(this.story);
    const calls = this.people.map((userId) => identify(userId, this.people.length, this.random));
    await this.story.send(calls, iso(calendar.today - dayMs));
  }

  /** Not ticked yet. Each has events, an audience and days of its own. */
  async campaign(waits: boolean): Promise<LiveCampaign> {
    const n = calendar.made++;
    const name = `Live ${n}`;
    const adSetId = this.adSets[n % this.adSets.length] ?? '';
    const begins = calendar.today;
    const left = { did: `${name} left` };
    const plan = {
      name,
      schedule: { kind: 'live' as const, zone: 'UTC' },
      trigger: waits ? { sequence: [{ did: name }, { didNot: left.did }], gap: { minutes: 10 } } : { on: [{ did: name }] },
      exit: [left],
      audience: { new: { name } },
      identifiers: ['email' as const, 'phone' as const],
      adSets: [{ id: adSetId, as: 'include' as const }],
    };
    const id = await this.story.campaign(plan as Parameters<Story['campaign']>[0], iso(begins));
    return { id, name, adSetId, waits, begins, first: begins + 30 * minuteMs, told: [] };
  }

  /** What is told before a moment. Never nobody, and always somebody new and, every other time, somebody gone. */
  async liveUntil(campaign: LiveCampaign, moment: number): Promise<void> {
    const [always = '', alternating = '', ...others] = this.people;
    const leavesNow = campaign.told.some(({ userId }) => userId === alternating) && !this.leftLast(campaign, alternating);
    const drawn = others.map((userId) => ({ userId, chance: this.random() }));
    const joining = [always, ...(leavesNow ? [] : [alternating]), ...drawn.filter(({ chance }) => chance < 0.4).map((one) => one.userId)];
    const leaving = [
      ...(leavesNow ? [alternating] : []),
      ...drawn.filter(({ chance }) => chance > 0.3 && chance < 0.6).map((one) => one.userId),
    ];
    await this.tell(campaign, joining, false, moment - gapMs - minuteMs);
    await this.tell(campaign, leaving, true, moment - 5 * minuteMs);
    const changed = this.people.filter(() => this.random() < 0.05).map((userId) => identify(userId, this.people.length, this.random));
    await this.story.send(changed, iso(moment - minuteMs));
  }

  private leftLast({ told }: LiveCampaign, userId: string): boolean {
    return told.findLast((each) => each.userId === userId)?.leaves === true;
  }

  private async tell(campaign: LiveCampaign, userIds: readonly string[], leaves: boolean, at: number): Promise<void> {
    const event = leaves ? `${campaign.name} left` : campaign.name;
    campaign.told.push(...userIds.map((userId) => ({ userId, leaves, at })));
    await this.story.send(
      userIds.map((userId) => ({ type: 'track', userId, event })),
      iso(at),
    );
  }

  /** Ticks at later and later instants until nothing is left to be settled or sent and the run lies open again. */
  async driveOn(campaign: LiveCampaign, _moment: number, from: number): Promise<void> {
    for (let i = 1; i <= 15; i++) {
      // Another engine's lease of a clock ten minutes ahead is over by then.
      await this.story.tick(iso(from + i * 13 * minuteMs));
      await this.story.tick(iso(from + i * 13 * minuteMs + 2_000));
      if ((await this.unsettled(campaign)).length === 0) return;
    }
  }

  /** Nothing any more; the next campaign begins after its days. */
  async retire(campaign: LiveCampaign, last: number): Promise<void> {
    await this.story.db.orm.update(campaigns).set({ state: 'archived', nextAt: null }).where(eq(campaigns.id, campaign.id));
    calendar.today = Math.floor(last / dayMs) * dayMs + 2 * dayMs + 8 * 60 * minuteMs;
  }

  /** Whatever is not as it should be once all that was told until the last moment is over. */
  async wrongs(campaign: LiveCampaign, moments: number[]): Promise<string[]> {
    const ids = this.belonging(campaign, moments.at(-1) ?? 0);
    const profiles = sql`select profile_id from profile_ids where workspace_id = ${this.story.workspaceId} and kind = 'user' and value = any(${textArray(ids)}::text::text[])`;
    const { wrongs, members } = await disagreements(this.story, campaign, await rowsOf(this.story, profiles));
    const [audience] = await this.story.db.orm.select().from(audiences).where(eq(audiences.campaignId, campaign.id));
    const runs = await this.story.db.orm
      .select()
      .from(syncRuns)
      .where(eq(syncRuns.campaignId, campaign.id))
      .orderBy(desc(syncRuns.occurrenceAt));
    const hours = runs.map((run) => (run.occurrenceAt.getTime() - campaign.begins) / (60 * minuteMs));
    const found: [boolean, string][] = [
      [audience?.members !== members, `the audience counts ${audience?.members} members, the ledger ${members}`],
      [hours.some((hour) => !Number.isInteger(hour)), `runs are at the hours ${hours}`],
      // One that no engine came to before the next hour has collapsed into that.
      [runs.slice(1).some(({ state }) => state !== 'confirmed' && state !== 'collapsed'), `runs are ${runs.map((run) => run.state)}`],
      [
        runs.some((run) => run.added !== (run.toAdd ?? 0) || run.removed !== (run.toRemove ?? 0) || run.invalid !== 0),
        `runs counted ${runs.map((run) => [run.added, run.toAdd, run.removed, run.toRemove, run.invalid].join('/'))}`,
      ],
    ];
    return [...wrongs, ...(await this.unsettled(campaign)), ...worded(found)];
  }

  /** By a plain reading of what was told: who joined, waited if that is asked for, and did not leave after it. */
  private belonging({ told, waits, begins }: LiveCampaign, moment: number): string[] {
    const isIn = (userId: string) => {
      const own = told.filter((each) => each.userId === userId && each.at >= begins);
      const joined = own.filter(({ leaves, at }) => !leaves && (!waits || at + gapMs <= moment));
      return joined.some(({ at }) => !own.some((each) => each.leaves && each.at >= at));
    };
    return this.people.filter(isIn);
  }

  /** What still has to be settled or sent. */
  private async unsettled(campaign: LiveCampaign): Promise<string[]> {
    const { db, workspaceId } = this.story;
    const [left] = await db.orm.execute<{ arrived: number; waiting: number; touched: number; pending: number }>(sql`
      with a as (select id from audiences where campaign_id = ${campaign.id}::uuid)
      select (select count(*) from live_arrivals where workspace_id = ${workspaceId})::int as arrived,
        (select count(*) from live_wakes where audience_id in (select id from a))::int as waiting,
        (select count(*) from live_touched where audience_id in (select id from a))::int as touched,
        (select count(*) from sync_batches b join sync_runs r on r.id = b.run_id where r.campaign_id = ${campaign.id}::uuid and b.state = 'pending')::int as pending`);
    const [newest] = await db.orm
      .select()
      .from(syncRuns)
      .where(and(eq(syncRuns.campaignId, campaign.id)))
      .orderBy(desc(syncRuns.occurrenceAt))
      .limit(1);
    const liesOpen =
      newest?.state === 'frozen' && newest.live && newest.waitUntil !== null && newest.waitReason === null && newest.leasedBy === null;
    return worded([
      [left?.arrived !== 0, `${left?.arrived} arrivals are not settled`],
      [left?.waiting !== 0, `${left?.waiting} waits are not over`],
      [left?.touched !== 0, `${left?.touched} people are not decided`],
      [left?.pending !== 0, `${left?.pending} requests are pending`],
      [!liesOpen, `the newest run is ${newest?.state}, ${newest?.waitReason ?? 'waiting for nothing'}`],
    ]);
  }
}

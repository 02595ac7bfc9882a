import { and, eq, isNotNull } from 'drizzle-orm';
import type { Run } from '@/db/runs';
import { audiences, campaigns, syncRuns } from '@/db/schema';
import { segmentSql } from '@/db/segments';
import { type Definition, parseDefinition } from '@/lib/segment/definition';
import { sandboxAccounts } from '@/tests/support/sandbox';
import type { Story } from '@/tests/support/story';
import { disagreements, rowsOf, same, worded } from './agreement';

/** A shop whose campaigns are driven through every fault, and the one question asked afterwards: is everything as it should be? */

export const dayMs = 86_400_000;
const hourMs = 3_600_000;

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

/** Of all shops of a process, which may share a sandbox: numbers and days are never used twice. */
export const calendar = { made: 0, today: Date.parse('2026-05-01T08:00:00Z') };

/** Of one of so many. A few share an e-mail or a phone. */
export function identify(userId: string, of: number, random: () => number): Record<string, unknown> {
  const n = Math.floor(random() * of);
  const email = random() < 0.15 ? `family${n % 5}@example.com` : `${userId}.${n}@example.com`;
  const phone = random() < 0.3 ? { phone: `+9198765432${String(n % 100).padStart(2, '0')}` } : {};
  return { type: 'identify', userId, traits: { email, ...phone } };
}

export async function activeAdSets(story: Story): Promise<string[]> {
  const all = await story.sandbox.control.adSets();
  return all.filter((one) => `act_${one.accountId}` === sandboxAccounts.main && one.status === 'ACTIVE').map((one) => one.id);
}

export class Shop {
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
    this.adSets = await activeAdSets(this.story);
    await this.story.send(
      this.people.map((userId) => identify(userId, this.people.length, this.random)),
      iso(calendar.today - dayMs),
    );
  }

  /** A daily campaign for whoever does its event; each has an event, an audience and days of its own. */
  async campaign(sendBy: SendBy): Promise<Campaign> {
    const n = calendar.made++;
    const name = `Joined ${n}`;
    const first = calendar.today;
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
    const n = calendar.made++;
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
    const changed = this.people.filter(() => this.random() < 0.05).map((userId) => identify(userId, this.people.length, this.random));
    const track = (userId: string) => ({ type: 'track', userId, event: campaign.name });
    await this.story.send([...changed, ...comes.map(track)], iso(occurrence - hourMs));
    await this.story.send(this.people.filter(() => this.random() < 0.2).map(track), iso(occurrence + 2_000));
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
    calendar.today = last + 2 * dayMs;
  }

  /** Whatever is not as it should be after the run of the last of those occurrences, in words. */
  async wrongs(campaign: Campaign, occurrences: number[]): Promise<string[]> {
    const { db } = this.story;
    const wanted = await this.wantedRows(campaign, occurrences.at(-1) ?? 0);
    const runs = await db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, campaign.id)).orderBy(syncRuns.occurrenceAt);
    const [audience] = await db.orm.select().from(audiences).where(eq(audiences.campaignId, campaign.id));
    const { wrongs, members } = await disagreements(this.story, campaign, wanted);
    const found: [boolean, string][] = [
      [audience?.members !== members, `the audience counts ${audience?.members} members, the ledger ${members}`],
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
    ];
    return [...wrongs, ...worded(found)];
  }

  private async wantedRows({ definition }: Campaign, at: number): Promise<string[]> {
    return rowsOf(this.story, await segmentSql(this.story.db, this.story.workspaceId, definition, new Date(at)));
  }
}

/** By difference each row that was to go out; by replacement only who was not there before. */
function isCountedOnce(run: Run, sendBy: SendBy): boolean {
  const added = sendBy === 'difference' ? run.added === run.toAdd : run.added <= (run.toAdd ?? 0);
  return added && run.removed === run.toRemove && run.invalid === 0;
}

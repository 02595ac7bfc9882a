import { randomBytes } from 'node:crypto';
import { and, eq, inArray, like, lt, or, sql } from 'drizzle-orm';
import { blockCampaigns } from './blocked-campaigns';
import type { Database } from './client';
import { alerts, campaigns, campaignVersions, connections, facebookDeletions, memberships, users } from './schema';

/**
 * What Facebook tells of a person is told of them wherever they are: these are the only queries across workspaces, and they begin with a
 * request that Facebook signed.
 */

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * Drops the tokens of a person who removed the app and blocks the campaigns that used them. What was connected again after the request was
 * issued stays. May be repeated. @returns how many connections were broken.
 */
export async function deauthorizePerson(db: Database, facebookUserId: string, issuedAt: Date): Promise<number> {
  return db.orm.transaction((tx) => dropTokens(tx, facebookUserId, issuedAt));
}

async function dropTokens(tx: Tx, facebookUserId: string, issuedAt: Date): Promise<number> {
  // Facebook counts in whole seconds.
  const issued = new Date(issuedAt.getTime() + 1000);
  const mine = and(eq(connections.facebookUserId, facebookUserId), lt(connections.updatedAt, issued));
  const found = await tx.select({ id: connections.id, name: connections.name }).from(connections).where(mine).for('update');
  for (const { id, name } of found) {
    const reason = `${name} ${removedWords}`;
    await tx.update(connections).set({ sealedToken: '', brokenReason: reason }).where(eq(connections.id, id));
    await blockCampaigns(tx, id, { action: 'reconnect', message: reason, link: '/settings/connections' });
  }
  return found.length;
}

export type DeletionReceipt = typeof facebookDeletions.$inferSelect;

/**
 * Erases what came from Facebook about a person: name, e-mail address, picture, token, and the id that tied them together. They are signed
 * out for good. @returns the receipt, which does not say who it was.
 */
export async function forgetPerson(db: Database, facebookUserId: string, now: Date): Promise<DeletionReceipt> {
  const code = randomBytes(12).toString('base64url');
  return db.orm.transaction(async (tx) => {
    await dropTokens(tx, facebookUserId, now);
    // Unlike anything Facebook hands out, so that nobody can ever sign in as it.
    const erasedId = `${erasedPrefix}${code}`;
    const forgotten = await tx
      .update(connections)
      .set({ name: 'Somebody who was forgotten', facebookUserId: erasedId, brokenReason: erasedReason })
      .where(eq(connections.facebookUserId, facebookUserId))
      .returning({ id: connections.id, workspaceId: connections.workspaceId });
    for (const connection of forgotten) {
      await blockCampaigns(tx, connection.id, erasedBlocker);
      await forgetWords(tx, connection);
    }
    const signedOut = await tx
      .update(users)
      .set({
        facebookId: erasedId,
        name: 'Somebody who was forgotten',
        email: null,
        image: null,
        sessionVersion: sql`${users.sessionVersion} + 1`,
      })
      .where(eq(users.facebookId, facebookUserId))
      .returning({ id: users.id });
    for (const { id } of signedOut) await tx.delete(memberships).where(eq(memberships.userId, id));
    const receipt = { code, requestedAt: now, finishedAt: now, users: signedOut.length, connections: forgotten.length };
    await tx.insert(facebookDeletions).values(receipt);
    return receipt;
  });
}

/** After the name. */
const removedWords = 'removed this app at Facebook.';
const erasedReason = 'The person asked Facebook to be forgotten.';
const erasedBlocker = { action: 'reconnect' as const, message: erasedReason, link: '/settings/connections' };

/** Also where nothing moves any more, or all is mended: what was told of a connection names its person, who may have had another name then. */
async function forgetWords(tx: Tx, { id, workspaceId }: Pick<typeof connections.$inferSelect, 'id' | 'workspaceId'>): Promise<void> {
  const using = eq(campaignVersions.connectionId, id);
  const versions = tx.select({ id: campaignVersions.id }).from(campaignVersions).where(using);
  await tx
    .update(campaigns)
    .set({ blocker: erasedBlocker })
    .where(and(inArray(campaigns.versionId, versions), sql`${campaigns.blocker}->>'action' = 'reconnect'`));
  const keys = tx
    .select({ key: sql<string>`'campaign:' || ${campaignVersions.campaignId}` })
    .from(campaignVersions)
    .where(using);
  const own = eq(alerts.workspaceId, workspaceId);
  await tx
    .update(alerts)
    .set({ title: 'A connection of somebody who was forgotten', message: erasedReason })
    .where(and(own, or(eq(alerts.key, `connection:${id}`), like(alerts.key, `token:${id}:%`))));
  await tx
    .update(alerts)
    .set({ message: erasedReason })
    .where(and(own, inArray(alerts.key, keys), like(alerts.message, `%${removedWords}%`)));
}

/** Facebook's own ids are digits. */
export const erasedPrefix = 'erased:';

export async function deletionReceipt(db: Database, code: string): Promise<DeletionReceipt | null> {
  const [row] = await db.orm.select().from(facebookDeletions).where(eq(facebookDeletions.code, code));
  return row ?? null;
}

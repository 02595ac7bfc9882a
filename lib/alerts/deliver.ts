import { alertSettingsOf, webhookOf } from '@/db/alert-settings';
import { claimDelivery, type Delivery, type DeliveryOutcome, settleDelivery } from '@/db/alerts';
import type { Database } from '@/db/client';
import type { WorkspaceId } from '@/lib/auth';
import type { EncryptionKeys } from '@/lib/crypto';
import { emailOf, slackMessageOf, type Told } from './messages';

export type Mail = { to: string; subject: string; text: string; messageId: string };

/** Everything delivery touches besides its arguments. */
export type DeliveryWorld = {
  db: Database;
  keys: EncryptionKeys;
  /** Without a trailing slash: links in what is sent begin with it. */
  origin: string;
  /** Null where no SMTP server is set up. @throws with words in `message` that may be shown. */
  mail: ((mail: Mail) => Promise<void>) | null;
  clock: () => Date;
  log: (event: string, facts: Record<string, unknown>) => void;
};

/** A refusal in words that may be shown: never an address with its secret. */
export class DeliveryFault extends Error {}

/** Minutes before each further try. */
const retryMinutes = [1, 5, 15, 60, 240];
const leaseMs = 2 * 60_000;

/**
 * Sends what is due until nothing is, or the time is up. At least once: a process that dies between sending and noting it sends again.
 * @returns how many were sent.
 */
export async function deliverAlerts(world: DeliveryWorld, mayGoOn: () => boolean): Promise<number> {
  let sent = 0;
  while (mayGoOn()) {
    const delivery = await claimDelivery(world.db, world.clock(), leaseMs);
    if (!delivery) break;
    const outcome = await outcomeOf(world, delivery);
    await settleDelivery(world.db, delivery.id, outcome, world.clock());
    if (outcome.state === 'sent') sent++;
    else world.log('alert not delivered', { delivery: delivery.id, channel: delivery.channel, fault: outcome.fault, state: outcome.state });
  }
  return sent;
}

async function outcomeOf(world: DeliveryWorld, delivery: Delivery): Promise<DeliveryOutcome> {
  try {
    await send(world, delivery);
    return { state: 'sent' };
  } catch (error) {
    const fault = error instanceof DeliveryFault ? error.message : 'It could not be sent.';
    const waitMinutes = retryMinutes[delivery.attempts - 1];
    if (waitMinutes === undefined || error instanceof NotSetUp) return { state: 'failed', fault };
    return { state: 'pending', fault, dueAt: new Date(world.clock().getTime() + waitMinutes * 60_000) };
  }
}

/** Trying again would not help. */
class NotSetUp extends DeliveryFault {}

async function send(world: DeliveryWorld, { id, channel, address, workspaceId, ...told }: Delivery): Promise<void> {
  const message = { ...told, id: told.alertId };
  if (channel === 'email') return sendEmail(world, address ?? '', message, `alert-${id}`);
  const webhook = await webhookOf(world.db, workspaceId, world.keys);
  if (!webhook) throw new NotSetUp('The webhook was taken away before this could be sent.');
  await postToWebhook(webhook, message, world.origin);
}

/** @param name makes the Message-ID: the same again for the same letter, so that a mailbox can tell a repeat. */
export async function sendEmail(world: Pick<DeliveryWorld, 'mail' | 'origin'>, to: string, told: Told, name: string): Promise<void> {
  if (!world.mail) throw new NotSetUp('E-mail is not set up: SMTP_URL is missing.');
  const messageId = `<${name}@${new URL(world.origin).hostname}>`;
  await world.mail({ to, ...emailOf(told, world.origin), messageId });
}

const webhookTimeoutMs = 10_000;

/** @throws DeliveryFault with the status alone: answers and addresses may hold secrets. */
export async function postToWebhook(address: string, told: Told, origin: string): Promise<void> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(slackMessageOf(told, origin)),
    signal: AbortSignal.timeout(webhookTimeoutMs),
    redirect: 'error',
  }).catch(() => null);
  if (!response) throw new DeliveryFault('The webhook could not be reached.');
  await response.body?.cancel();
  if (!response.ok) throw new DeliveryFault(`The webhook answered ${response.status}.`);
}

/** A letter to each address and a message to the webhook, at once and once. @returns how many were taken, and the other faults in words. */
export async function sendTest(
  world: DeliveryWorld,
  workspaceId: WorkspaceId,
  workspaceName: string,
): Promise<{ sent: number; faults: string[] }> {
  const told = {
    id: 0,
    title: 'This is a test',
    message: 'Alerts of this workspace arrive here.',
    link: '/settings/alerts',
    workspaceName,
  };
  const { emails } = await alertSettingsOf(world.db, workspaceId, world.keys);
  const webhook = await webhookOf(world.db, workspaceId, world.keys);
  const name = `test-${world.clock().getTime()}`;
  const tries = [
    ...emails.map((address, i) => ({ to: address, made: sendEmail(world, address, told, `${name}-${i}`) })),
    ...(webhook ? [{ to: 'The webhook', made: postToWebhook(webhook, told, world.origin) }] : []),
  ];
  const outcomes = await Promise.allSettled(tries.map((one) => one.made));
  const faults = outcomes.flatMap((outcome, i) =>
    outcome.status === 'fulfilled'
      ? []
      : [`${tries[i]?.to}: ${outcome.reason instanceof DeliveryFault ? outcome.reason.message : 'It could not be sent.'}`],
  );
  return { sent: outcomes.length - faults.length, faults };
}

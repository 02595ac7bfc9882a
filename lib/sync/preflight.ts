import { type ConnectionRow, connectionById, defaultConnection, listConnections } from '@/db/connections';
import type { WorkspaceId } from '@/lib/auth';
import type { CampaignPlan } from '@/lib/campaign/plan';
import { adAccount, adSet, audienceCount, audienceInfo, termsUrl, valueTermsUrl } from '@/lib/facebook/ads';
import { adsScopes } from '@/lib/facebook/connect';
import { GraphError } from '@/lib/facebook/errors';
import { type GraphWorld, graphFor } from '@/lib/facebook/graph-for';
import type { Graph } from '@/lib/facebook/transport';

export type Check = { id: string; title: string; state: 'ok' | 'warn' | 'bad'; message: string; link?: string };

type Verdict = Pick<Check, 'state' | 'message' | 'link'>;

const ok = (message: string): Verdict => ({ state: 'ok', message });

/**
 * What must be true at Facebook for the plan to run: each fine, or the one thing to do. Asks Facebook; never throws its refusals.
 * @param made the audience at Facebook that the campaign has made already.
 */
export async function preflight(
  world: GraphWorld,
  workspaceId: WorkspaceId,
  plan: CampaignPlan,
  made: string | null,
  now: Date,
): Promise<Check[]> {
  const connection = await connectionOf(world, workspaceId, plan);
  if (!connection) {
    const message = plan.connectionId ? 'The chosen connection is gone. Choose another.' : 'Connect a Facebook Ads account first.';
    return [{ id: 'connection', title: 'Connection', state: 'bad', message, link: '/settings/connections' }];
  }
  const graph = await graphFor(world, workspaceId, connection.id);
  const room: [string, string, Promise<Verdict>] = ['room', 'Room for an audience', roomVerdict(graph, plan.adAccountId)];
  const checks: [string, string, Promise<Verdict>][] = [
    ['connection', 'Connection', Promise.resolve(connectionVerdict(connection, now))],
    ['permissions', 'Permissions', Promise.resolve(permissionsVerdict(connection))],
    ['account', 'Ad account', accountVerdict(graph, plan.adAccountId)],
    ['terms', 'Custom Audience terms', termsVerdict(graph, plan)],
    ['audience', 'Audience', audienceVerdict(graph, plan, made)],
    ...(made === null && 'new' in plan.audience ? [room] : []),
    ['adSets', 'Ad sets', adSetsVerdict(graph, plan)],
  ];
  return Promise.all(checks.map(async ([id, title, verdict]) => ({ id, title, ...(await verdict.catch(refused)) })));
}

async function connectionOf({ db }: GraphWorld, workspaceId: WorkspaceId, { connectionId }: CampaignPlan): Promise<ConnectionRow | null> {
  if (connectionId) return connectionById(db, workspaceId, connectionId);
  const [any] = await listConnections(db, workspaceId);
  return any ? defaultConnection(db, workspaceId) : null;
}

function refused(error: unknown): Verdict {
  if (!(error instanceof GraphError)) throw error;
  return { state: 'bad', message: error.userMessage, link: error.action === 'reconnect' ? '/settings/connections' : undefined };
}

const dayMs = 86_400_000;

function connectionVerdict(
  { name, expiresAt, brokenReason }: { name: string; expiresAt: Date | null; brokenReason: string | null },
  now: Date,
): Verdict {
  if (brokenReason) return { state: 'bad', message: `${brokenReason} Connect ${name} again.`, link: '/settings/connections' };
  if (!expiresAt) return ok(`${name}; it names no expiry.`);
  const days = Math.floor((expiresAt.getTime() - now.getTime()) / dayMs);
  if (days < 0) return { state: 'bad', message: `The connection of ${name} has expired. Connect again.`, link: '/settings/connections' };
  if (days < 14)
    return {
      state: 'warn',
      message: `${name}; it expires in ${days} ${days === 1 ? 'day' : 'days'}. Connect again soon.`,
      link: '/settings/connections',
    };
  return ok(`${name}; valid for ${days} more days.`);
}

function permissionsVerdict({ scopes }: { scopes: readonly string[] }): Verdict {
  const missing = adsScopes.filter((scope) => !scopes.includes(scope));
  if (missing.includes('ads_management'))
    return {
      state: 'bad',
      message: 'The permission to manage ads was not granted. Connect again and leave it ticked.',
      link: '/settings/connections',
    };
  return ok(missing.length > 0 ? `Granted, but for ${missing.join(' and ')}.` : 'All granted.');
}

async function accountVerdict(graph: Graph, id: string): Promise<Verdict> {
  const account = await adAccount(graph, id);
  return account.problem ? { state: 'bad', message: account.problem } : ok(`${account.name} is ${account.status.toLowerCase()}.`);
}

async function termsVerdict(graph: Graph, { adAccountId, valueFrom }: CampaignPlan): Promise<Verdict> {
  const { termsAccepted, valueTermsAccepted } = await adAccount(graph, adAccountId);
  const missing = 'ot accepted: somebody with a role in the ad account must do so.';
  if (!termsAccepted) return { state: 'bad', message: `N${missing}`, link: termsUrl(graph, adAccountId) };
  if (valueFrom !== null && !valueTermsAccepted)
    return { state: 'bad', message: `Those for value-based audiences are n${missing}`, link: valueTermsUrl(graph, adAccountId) };
  return ok('Accepted.');
}

/**
 * operation_status: what somebody has to mend at Facebook: its creator's account is gone, it was flagged, there is an error. delivery_status of
 * 300 and above: Facebook does not deliver to it. Custom Audience reference, read 2026-09.
 */
const unusable: readonly (number | null)[] = [470, 471, 500];
const expiring = 100;

async function audienceVerdict(graph: Graph, plan: CampaignPlan, made: string | null): Promise<Verdict> {
  if ('new' in plan.audience && made === null) return ok(`“${plan.audience.new.name}” is made at the first run.`);
  const info = await audienceInfo(graph, 'existing' in plan.audience ? plan.audience.existing : (made ?? ''));
  if (info.accountId !== plan.adAccountId) return { state: 'bad', message: 'It belongs to another ad account.' };
  const link = audiencesUrl(graph, plan.adAccountId);
  if (unusable.includes(info.operationCode))
    return { state: 'bad', message: info.operationText ?? 'Facebook does not let it be used.', link };
  if (info.operationCode === expiring) {
    const on = info.deletedAt ? ` on ${dayOf(info.deletedAt)}` : '';
    return {
      state: 'warn',
      message: `Facebook deletes it${on}: no active ad set has used it for two years. Use it in one to keep it.`,
      link,
    };
  }
  if (info.deliveryCode !== null && info.deliveryCode >= 300)
    return { state: 'warn', message: info.deliveryText ?? 'Facebook finds it too small to deliver to.' };
  return ok(`“${info.name}” exists.`);
}

const dayOf = (at: Date): string => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(at);

/** Customer-list audiences of one ad account. Custom Audiences guide, read 2026-09. */
const mostAudiences = 500;
const fewAudiencesLeft = 25;

async function roomVerdict(graph: Graph, accountId: string): Promise<Verdict> {
  const count = await audienceCount(graph, accountId);
  const of = `${count} of ${mostAudiences} audiences are used in this ad account`;
  if (count >= mostAudiences)
    return { state: 'bad', message: `${of}. Delete one that is not needed any more.`, link: audiencesUrl(graph, accountId) };
  return count > mostAudiences - fewAudiencesLeft ? { state: 'warn', message: `${of}: there is little room left.` } : ok(`${of}.`);
}

const audiencesUrl = (graph: Graph, accountId: string) => `${graph.businessUrl}/adsmanager/audiences?act=${accountId.replace('act_', '')}`;

async function adSetsVerdict(graph: Graph, plan: CampaignPlan): Promise<Verdict> {
  if (plan.adSets.length === 0) return { state: 'warn', message: 'None chosen: the audience is kept, and shown to nobody by itself.' };
  const sets = await Promise.all(plan.adSets.map(({ id }) => adSet(graph, id)));
  const idle = sets.filter((each) => each.status !== 'ACTIVE');
  if (idle.length > 0)
    return { state: 'warn', message: `${idle.map((each) => `“${each.name}”`).join(', ')} ${idle.length === 1 ? 'is' : 'are'} not active.` };
  return ok(sets.length === 1 ? 'Active.' : `All ${sets.length} are active.`);
}

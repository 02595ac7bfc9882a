import { effectiveStatus } from '../graph/ad-sets';
import type { AdSet, Campaign } from '../store/records';
import type { World } from '../store/world';
import { actionButton, count, instant, pill } from './format';
import { escapeHtml, page } from './page';

const statusTone: Record<string, 'good' | 'warn' | 'bad' | ''> = {
  ACTIVE: 'good',
  PAUSED: '',
  CAMPAIGN_PAUSED: '',
  ARCHIVED: '',
  DELETED: 'bad',
  WITH_ISSUES: 'warn',
};

/** /ads-manager/ad-sets: those with audiences first. */
export function adSetsPage(world: World, accountId: string | null, search: string): string {
  const wanted = search.trim().toLowerCase();
  const sections = world.campaigns
    .where((campaign) => accountId === null || campaign.accountId === accountId)
    .map((campaign) => ({
      campaign,
      adSets: world.adSets
        .where((adSet) => adSet.campaignId === campaign.id && adSet.name.toLowerCase().includes(wanted))
        .sort((a, b) => audiencesOf(b) - audiencesOf(a) || b.seq - a.seq),
    }))
    .filter(({ adSets }) => adSets.length > 0)
    .sort((a, b) => audiencesOf(b.adSets[0]) - audiencesOf(a.adSets[0]) || b.campaign.seq - a.campaign.seq);
  const body = sections.map(({ campaign, adSets }) => section(world, campaign, adSets)).join('');
  const account = accountId === null ? '' : `<input type="hidden" name="account" value="${escapeHtml(accountId)}">`;
  return page({
    title: 'Ad sets',
    part: 'Ad sets',
    body: `<h1>Ad sets</h1><p class="lead">Whom each one shows to and hides from. An ad set that learns anew after a change is marked.</p>
<form class="row" style="margin-bottom:8px">${account}<label for="q" class="muted">Name</label><input type="search" id="q" name="q" value="${escapeHtml(search)}"><button>Search</button></form>${body || '<div class="card empty">No ad set has that name.</div>'}`,
  });
}

function audiencesOf(adSet: AdSet | undefined): number {
  return ['custom_audiences', 'excluded_custom_audiences'].reduce(
    (sum, key) => sum + ((adSet?.targeting[key] as unknown[] | undefined)?.length ?? 0),
    0,
  );
}

function section(world: World, campaign: Campaign, adSets: AdSet[]): string {
  const rows = adSets.map((adSet) => row(world, adSet)).join('');
  const account = world.accounts.get(campaign.accountId);
  return `<h2>${escapeHtml(campaign.name)} <span class="muted" style="font-weight:400">· ${escapeHtml(account?.name ?? '')} · ${count(adSets.length)} ad sets</span></h2><div class="table" tabindex="0"><table><thead><tr><th>Ad set</th><th>Status</th><th>Shows to</th><th>Hides from</th><th>Changed</th><th>Action</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function row(world: World, adSet: AdSet): string {
  const status = effectiveStatus(world, adSet);
  const learning =
    adSet.learningResetAt === null
      ? ''
      : ` ${pill(adSet.learningResetBy === 'members' ? 'Learning: members changed' : 'Learning: targeting changed', 'warn')}`;
  const remove =
    adSet.status === 'DELETED' ? '' : actionButton('Delete', 'delete-ad-set', '/ads-manager/ad-sets', { id: adSet.id }, 'danger');
  return `<tr id="${adSet.id}"><td>${escapeHtml(adSet.name)}<small>${adSet.id}</small></td><td>${pill(status.toLowerCase().replaceAll('_', ' '), statusTone[status] ?? '')}${learning}</td><td>${audienceLinks(world, adSet.targeting.custom_audiences)}</td><td>${audienceLinks(world, adSet.targeting.excluded_custom_audiences)}</td><td>${instant(adSet.updatedAt)}</td><td>${remove}</td></tr>`;
}

function audienceLinks(world: World, list: unknown): string {
  const items = (Array.isArray(list) ? list : []) as { id: string; name?: string }[];
  if (items.length === 0) return '<span class="muted">–</span>';
  return items
    .map((item) => {
      const audience = world.audiences.get(item.id);
      const name = escapeHtml(audience?.name ?? item.name ?? item.id);
      if (!audience || audience.deletedAt !== null) return `${name} ${pill('deleted', 'bad')}`;
      return `<a href="/ads-manager/audiences/${item.id}">${name}</a>`;
    })
    .join('<br>');
}

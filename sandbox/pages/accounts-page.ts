import type { AdAccount } from '../store/records';
import type { World } from '../store/world';
import { accountStatus, count, pill } from './format';
import { escapeHtml, page } from './page';

/** /ads-manager */
export function accountsPage(world: World): string {
  const cards = world.accounts
    .all()
    .filter((account) => Object.keys(account.roles).length > 0)
    .sort((a, b) => b.seq - a.seq)
    .map((account) => card(world, account))
    .join('');
  return page({
    title: 'Ad accounts',
    part: 'Ad accounts',
    body: `<h1>Ad accounts</h1><p class="lead">What the simulated Facebook holds. Everything here was sent over the Graph API, as to the real one; nobody outside this computer sees it.</p><div class="grid">${cards}</div>`,
  });
}

function card(world: World, account: AdAccount): string {
  const status = accountStatus[account.status] ?? { name: `Status ${account.status}`, tone: 'warn' as const };
  const audiences = world.audiences.where((audience) => audience.accountId === account.id && audience.deletedAt === null).length;
  const adSets = world.adSets.where((adSet) => adSet.accountId === account.id).length;
  return `<section class="card"><div class="row"><h2 style="margin:0">${escapeHtml(account.name)}</h2>${pill(status.name, status.tone)}</div>
<small>act_${account.id} · ${account.currency} · ${escapeHtml(account.zone.name)}</small>
<p style="margin-top:12px">${escapeHtml(world.businesses.get(account.businessId ?? '')?.name ?? 'No business: customer lists are not possible')}</p>
<p>${termsLine(world, account)}</p>
<div class="row"><a href="/ads-manager/audiences?account=${account.id}">${count(audiences)} audience${audiences === 1 ? '' : 's'}</a><a href="/ads-manager/ad-sets?account=${account.id}">${count(adSets)} ad set${adSets === 1 ? '' : 's'}</a></div></section>`;
}

function termsLine(world: World, account: AdAccount): string {
  if (account.businessId === null) return '';
  const accepted = world.terms.where((terms) => terms.businessId === account.businessId).length;
  if (accepted > 0) return pill('Custom Audience terms accepted', 'good');
  return `${pill('Custom Audience terms not accepted', 'warn')} <a href="/ads/manage/customaudiences/tos/?act=${account.id}">Read and accept</a>`;
}

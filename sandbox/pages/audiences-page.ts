import { type AudienceView, listAudienceViews } from '../control/audience-control';
import { mentions } from '../graph/members';
import type { AdSet } from '../store/records';
import type { World } from '../store/world';
import { band, count, instant, operationName, operationTone, pill } from './format';
import { escapeHtml, page } from './page';

/** Ad sets that show to, or hide from, an audience. */
export function usersOf(world: World, audienceId: string): { adSet: AdSet; as: 'include' | 'exclude' }[] {
  return world.adSets.all().flatMap((adSet) => {
    const uses: { adSet: AdSet; as: 'include' | 'exclude' }[] = [];
    if (mentions(adSet.targeting.custom_audiences, audienceId)) uses.push({ adSet, as: 'include' });
    if (mentions(adSet.targeting.excluded_custom_audiences, audienceId)) uses.push({ adSet, as: 'exclude' });
    return uses;
  });
}

/** /ads-manager/audiences */
export function audiencesPage(world: World, accountId: string | null): string {
  const account = accountId === null ? undefined : world.accounts.get(accountId);
  const views = listAudienceViews(world).filter((view) => !account || view.accountId === `act_${account.id}`);
  const rows = views.map((view) => row(world, view)).join('');
  const table = `<div class="table" tabindex="0"><table><thead><tr><th>Audience</th><th class="n">Members</th><th>Facebook says</th><th>Status</th><th>Used by</th><th>Members changed</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const empty = '<div class="card empty">No audience yet. Run a campaign and it appears here.</div>';
  const scope = account
    ? `${escapeHtml(account.name)} · <a href="/ads-manager/audiences">all accounts</a>`
    : 'Members is the exact number held here; Facebook itself only ever tells a range.';
  return page({
    title: 'Audiences',
    part: 'Audiences',
    body: `<h1>Audiences</h1><p class="lead">${scope}</p>${views.length > 0 ? table : empty}`,
  });
}

function row(world: World, view: AudienceView): string {
  const uses = usersOf(world, view.id);
  const include = uses.filter((use) => use.as === 'include').length;
  const exclude = uses.length - include;
  const used =
    [include > 0 ? `${include} show to` : '', exclude > 0 ? `${exclude} hide from` : ''].filter((text) => text !== '').join(', ') || '–';
  const name = view.deleted ? escapeHtml(view.name) : `<a href="/ads-manager/audiences/${view.id}">${escapeHtml(view.name)}</a>`;
  return `<tr><td>${name}<small>${lookalikeWords(world, view)}${view.id}</small></td><td class="n">${view.deleted || view.lookalike ? '–' : count(view.members)}</td><td>${view.deleted ? '–' : band(view.sizeLower, view.sizeUpper)}</td><td>${pill(operationName[view.operation.code] ?? String(view.operation.code), operationTone(view.operation.code))}</td><td>${used}</td><td>${instant(view.contentUpdatedAt === null ? null : Date.parse(view.contentUpdatedAt))}</td></tr>`;
}

const lookalikeWords = (world: World, { lookalike }: AudienceView): string =>
  lookalike
    ? `Lookalike of ${escapeHtml(world.audiences.get(lookalike.originId)?.name ?? 'a deleted audience')}: ${Math.round(lookalike.ratio * 100)} % of ${escapeHtml(lookalike.country)} · `
    : '';

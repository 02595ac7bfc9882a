import type { AdAccount } from '../store/records';
import type { World } from '../store/world';
import { actionButton } from './format';
import { escapeHtml, page } from './page';

/** Where Facebook has people accept the Custom Audience terms: /ads/manage/customaudiences/tos/?act=… */
export function termsPage(world: World, account: AdAccount): string {
  const here = `/ads/manage/customaudiences/tos/?act=${account.id}`;
  const business = world.businesses.get(account.businessId ?? '');
  if (!business) {
    return page({
      title: 'Custom Audience terms',
      bare: true,
      body: '<div class="card dialog"><h1>This ad account belongs to no business</h1><p>Customer lists cannot be used with it.</p></div>',
    });
  }
  const accepted = world.terms.where((terms) => terms.businessId === business.id).length > 0;
  const state = accepted
    ? `<div class="notice good" role="status">Accepted for ${escapeHtml(business.name)}. You can go back to Beckon.</div>`
    : actionButton('Accept', 'terms-on', here, { id: account.id }, 'primary');
  return page({
    title: 'Custom Audience terms',
    bare: true,
    body: `<div class="card dialog"><p class="muted">Simulated terms · ${escapeHtml(account.name)}</p><h1>Custom Audience terms</h1><p>By accepting for <b>${escapeHtml(business.name)}</b> you confirm that you have the right to use the people's data in your customer lists for advertising, and that whoever opted out is not in them.</p>${state}</div>`,
  });
}

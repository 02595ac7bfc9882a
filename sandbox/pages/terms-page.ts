import type { AdAccount } from '../store/records';
import type { World } from '../store/world';
import { actionButton } from './format';
import { escapeHtml, page } from './page';

/** Where Facebook has people accept the Custom Audience terms: /ads/manage/customaudiences/tos/?act=… */
export function termsPage(world: World, account: AdAccount): string {
  return signedPage(world, account, {
    title: 'Custom Audience terms',
    promise:
      "that you have the right to use the people's data in your customer lists for advertising, and that whoever opted out is not in them",
    accepted: world.terms.where((terms) => terms.businessId === account.businessId).length > 0,
    action: 'terms-on',
    here: `/ads/manage/customaudiences/tos/?act=${account.id}`,
  });
}

/** Where it has them accept those of value-based audiences: /customaudiences/value_based/tos?act=… */
export function valueTermsPage(world: World, account: AdAccount): string {
  return signedPage(world, account, {
    title: 'Terms for value-based audiences',
    promise: 'that you may tell us what a customer is worth to you, and that the value says nothing about health, faith or the like',
    accepted: account.valueTerms ?? true,
    action: 'value-terms-on',
    here: `/customaudiences/value_based/tos?act=${account.id}`,
  });
}

type Terms = { title: string; promise: string; accepted: boolean; action: string; here: string };

function signedPage(world: World, account: AdAccount, { title, promise, accepted, action, here }: Terms): string {
  const business = world.businesses.get(account.businessId ?? '');
  if (!business) {
    return page({
      title,
      bare: true,
      body: '<div class="card dialog"><h1>This ad account belongs to no business</h1><p>Customer lists cannot be used with it.</p></div>',
    });
  }
  const state = accepted
    ? `<div class="notice good" role="status">Accepted for ${escapeHtml(business.name)}. You can go back to Beckon.</div>`
    : actionButton('Accept', action, here, { id: account.id }, 'primary');
  return page({
    title,
    bare: true,
    body: `<div class="card dialog"><p class="muted">Simulated terms · ${escapeHtml(account.name)}</p><h1>${title}</h1><p>By accepting for <b>${escapeHtml(business.name)}</b> you confirm ${promise}.</p>${state}</div>`,
  });
}

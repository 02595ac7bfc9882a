import { valueTermsAccepted } from '../graph/access';
import { systemUserToken } from '../seed';
import type { Fault } from '../store/records';
import type { World } from '../store/world';
import { actionButton, instant } from './format';
import { escapeHtml, page } from './page';

const here = '/ads-manager/switches';

/** Faults a marketer may want to see Beckon live through; `fault` is the index posted back. */
export const presets: { name: string; about: string; fault: Record<string, unknown> }[] = [
  {
    name: 'Rate limit',
    about: 'The next three member calls are told to wait a minute (80003).',
    fault: {
      kind: 'error',
      route: '/users$',
      times: 3,
      code: 80003,
      subcode: 2446079,
      transient: true,
      headers: {
        'x-business-use-case-usage':
          '{"480100000000001":[{"type":"custom_audience","call_count":100,"total_cputime":25,"total_time":33,"estimated_time_to_regain_access":1}]}',
      },
    },
  },
  { name: 'Facebook is down', about: 'The next five calls get an HTML page with 502.', fault: { kind: 'html502', times: 5 } },
  {
    name: 'Lost answer',
    about: 'The next member call is carried out, but its answer never arrives.',
    fault: { kind: 'reset-after', route: '/users$' },
  },
  {
    name: 'Dropped call',
    about: 'The next member call is cut off before it does anything.',
    fault: { kind: 'reset-before', route: '/users$' },
  },
  { name: 'Slow', about: 'The next ten calls take three seconds each.', fault: { kind: 'slow', ms: 3_000, times: 10 } },
  {
    name: 'Too many rows',
    about: 'The next member call is refused as too large (1 / 99).',
    fault: { kind: 'error', route: '/users$', code: 1, subcode: 99 },
  },
  {
    name: 'Unknown error',
    about: 'The next member call meets error 2.',
    fault: { kind: 'error', route: '/users$', code: 2, transient: true },
  },
];

/** /ads-manager/switches */
export function switchesPage(world: World): string {
  const { settings } = world;
  const faults = world.faults.all();
  const body = `<h1>Switches</h1><p class="lead">Rehearse what can go wrong. The sandbox's clock says ${instant(world.now())}.</p>
<h2>People and tokens</h2><section class="card">${people(world)}</section>
<h2>Custom Audience terms and ad accounts</h2><section class="card">${accounts(world)}</section>
<h2>Faults</h2>${faultTable(faults)}<section class="card">${presets
    .map(
      ({ name, about }, i) =>
        `<div class="switch"><span><b>${name}</b><small>${about}</small></span>${actionButton('Set', 'preset-fault', here, { preset: String(i) })}</div>`,
    )
    .join('')}</section>
<h2>Behaviour</h2><section class="card">
<div class="switch"><span><b>Removal floor</b><small>Refuse removals that would leave fewer than 100 matched people (200 / 1870047).</small></span>${settings.removalFloor > 0 ? actionButton('Switch off', 'floor-off', here) : actionButton('Switch on', 'floor-on', here)}</div>
<div class="switch"><span><b>Access tier</b><small>${settings.tier === 'full' ? 'Full: 190,000 audience calls an hour.' : 'Limited: 20 writes in five minutes, then 613.'}</small></span>${settings.tier === 'full' ? actionButton('Make limited', 'tier-limited', here) : actionButton('Make full', 'tier-full', here)}</div>
<div class="switch"><span><b>Clock</b><small>Tokens, sessions and matching go by it.</small></span><span class="row">${actionButton('+1 hour', 'advance', here, { ms: '3600000' })}${actionButton('+1 day', 'advance', here, { ms: '86400000' })}</span></div>
<div class="switch"><span><b>Start over</b><small>Forgets all audiences, members, tokens and calls.</small></span>${actionButton('Reset everything', 'reset', here, {}, 'danger')}</div></section>`;
  return page({ title: 'Switches', part: 'Switches', body });
}

function people(world: World): string {
  return world.people
    .all()
    .map((person) => {
      const living = world.tokens.where((token) => token.personId === person.id && token.dead === null).length;
      const kill = (label: string, subcode: string): string => actionButton(label, 'kill-tokens', here, { personId: person.id, subcode });
      const buttons =
        living === 0
          ? ''
          : `<span class="row">${kill('Expire', '463')}${kill('Remove app', '458')}${actionButton('Take away ads_management', 'remove-scope', here, { personId: person.id, scope: 'ads_management' })}</span>`;
      return `<div class="switch"><span><b>${escapeHtml(person.name)}</b><small>${living} living token${living === 1 ? '' : 's'}${person.systemUserOf ? ' · system user, paste its token:' : ''}</small>${person.systemUserOf ? `<code>${systemUserToken}</code>` : ''}</span>${buttons}</div>`;
    })
    .join('');
}

function accounts(world: World): string {
  return world.accounts
    .all()
    .filter((account) => Object.keys(account.roles).length > 0 && account.businessId !== null && account.status < 100)
    .map((account) => {
      const accepted = world.terms.where((terms) => terms.businessId === account.businessId).length > 0;
      const id = account.id;
      const terms = accepted
        ? actionButton('Withdraw terms', 'terms-off', here, { id })
        : actionButton('Accept terms', 'terms-on', here, { id });
      const valueTerms = valueTermsAccepted(account)
        ? actionButton('Withdraw value terms', 'value-terms-off', here, { id })
        : actionButton('Accept value terms', 'value-terms-on', here, { id });
      const state =
        account.status === 1
          ? actionButton('Disable account', 'disable-account', here, { id }, 'danger')
          : actionButton('Make active', 'enable-account', here, { id });
      return `<div class="switch"><span><b>${escapeHtml(account.name)}</b><small>act_${id} · terms ${accepted ? 'accepted' : 'not accepted'} · ${account.status === 1 ? 'active' : 'disabled'}</small></span><span class="row">${terms}${valueTerms}${state}</span></div>`;
    })
    .join('');
}

function faultTable(faults: Fault[]): string {
  if (faults.length === 0) return '<p class="muted">None is set.</p>';
  const rows = faults
    .map(
      (fault) =>
        `<tr><td>${fault.kind}${fault.code === null ? '' : ` ${fault.code}${fault.subcode === null ? '' : ` / ${fault.subcode}`}`}</td><td>${fault.method ?? 'any'} <code>${escapeHtml(fault.route)}</code></td><td>from call ${fault.nth}, ${fault.times === 0 ? 'for good' : `${fault.times} times`}</td><td class="n">${fault.seen}</td></tr>`,
    )
    .join('');
  return `<div class="table" tabindex="0" style="margin-bottom:12px"><table><thead><tr><th>Fault</th><th>Calls</th><th>When</th><th class="n">Seen</th></tr></thead><tbody>${rows}</tbody></table></div><p>${actionButton('Clear all faults', 'clear-faults', here)}</p>`;
}

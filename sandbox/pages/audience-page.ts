import { createHash } from 'node:crypto';
import { audienceView } from '../control/audience-control';
import { columnOf } from '../store/columns';
import type { Audience } from '../store/records';
import { RowEncoder } from '../store/row-codec';
import type { World } from '../store/world';
import { usersOf } from './audiences-page';
import { actionButton, band, count, instant, operationName, operationTone, pill } from './format';
import { escapeHtml, page } from './page';

const shown = 25;

export interface EmailQuestion {
  email: string;
  isIn: boolean;
}

/** Whether somebody with this address is in: trimmed, lower-cased and hashed here, and not kept. */
export function askEmail(world: World, audience: Audience, email: string): EmailQuestion {
  const column = columnOf('EMAIL');
  const encoder = new RowEncoder();
  if (!column) return { email, isIn: false };
  encoder.beginRow();
  encoder.digest(createHash('sha256').update(email.trim().toLowerCase()).digest('hex'), column);
  return { email, isIn: world.membersOf(audience).hasCell(encoder.cellLo[0] ?? 0, encoder.cellHi[0] ?? 0) };
}

/** /ads-manager/audiences/{id} */
export function audiencePage(world: World, audience: Audience, question: EmailQuestion | null): string {
  const view = audienceView(world, audience.id);
  const here = `/ads-manager/audiences/${audience.id}`;
  const account = world.accounts.get(audience.accountId);
  const body = `<p class="muted"><a href="/ads-manager/audiences?account=${audience.accountId}">${escapeHtml(account?.name ?? '')}</a></p>
<h1>${escapeHtml(audience.name)}</h1><p class="lead">${escapeHtml(audience.description || 'No description.')}<br><small>${audience.id} · made ${instant(audience.createdAt)}</small></p>
<div class="figures"><div><small>Members held here</small><b>${count(view.members)}</b></div><div><small>Facebook says</small><b>${band(view.sizeLower, view.sizeUpper)}</b></div><div><small>Matched people</small><b>${count(view.matched)}</b></div><div><small>Status ${view.operation.code}</small><b>${pill(operationName[view.operation.code] ?? String(view.operation.code), operationTone(view.operation.code))}</b></div></div>
<p class="muted">${escapeHtml(view.operation.description)} ${escapeHtml(view.delivery.description)}</p>
<section class="card"><h2 style="margin-top:0">Is this e-mail in?</h2><form method="post" action="${here}" class="row"><label for="email" class="muted">E-mail</label><input type="text" inputmode="email" autocomplete="off" spellcheck="false" id="email" name="email" value="${escapeHtml(question?.email ?? '')}"><button class="primary">Look</button></form>${answer(question)}</section>
<h2>Ad sets that use it</h2>${adSetTable(world, audience)}
<h2>Members</h2>${memberTable(world, audience, view.members)}
<h2>Upload sessions</h2>${sessionTable(world, audience)}
<h2>Rehearse trouble</h2><section class="card">${switches(audience, here)}</section>`;
  return page({ title: audience.name, part: 'Audiences', body });
}

function answer(question: EmailQuestion | null): string {
  if (!question) return '';
  const email = escapeHtml(question.email.trim());
  return question.isIn
    ? `<div class="notice good" role="status">Yes: <b>${email}</b> is in this audience.</div>`
    : `<div class="notice bad" role="status">No: <b>${email}</b> is not in this audience.</div>`;
}

function adSetTable(world: World, audience: Audience): string {
  const uses = usersOf(world, audience.id);
  if (uses.length === 0) return '<div class="card empty">No ad set shows to or hides from this audience.</div>';
  const rows = uses
    .map(
      ({ adSet, as }) =>
        `<tr><td>${escapeHtml(adSet.name)}<small>${adSet.id}</small></td><td>${pill(as === 'include' ? 'Show to' : 'Hide from', as === 'include' ? 'good' : 'warn')}</td></tr>`,
    )
    .join('');
  return `<div class="table" tabindex="0"><table><thead><tr><th>Ad set</th><th>How</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function memberTable(world: World, audience: Audience, total: number): string {
  if (total === 0) return '<div class="card empty">Nobody is in.</div>';
  const rows: Record<string, unknown>[] = [];
  for (const row of world.membersOf(audience).rows()) {
    rows.push(row);
    if (rows.length === shown) break;
  }
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const short = (value: unknown): string => {
    if (value === undefined) return '<span class="muted">–</span>';
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `<code>${escapeHtml(text.length > 14 ? `${text.slice(0, 8)}…${text.slice(-4)}` : text)}</code>`;
  };
  const body = rows.map((row) => `<tr>${keys.map((key) => `<td>${short(row[key])}</td>`).join('')}</tr>`).join('');
  return `<div class="table" tabindex="0"><table><thead><tr>${keys.map((key) => `<th>${escapeHtml(key)}</th>`).join('')}</tr></thead><tbody>${body}</tbody></table></div><small style="margin-top:8px">The first ${count(rows.length)} of ${count(total)}, as digests: that is all Facebook gets.</small>`;
}

function sessionTable(world: World, audience: Audience): string {
  const sessions = world.sessions
    .where((session) => session.audienceId === audience.id)
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, 20);
  if (sessions.length === 0) return '<div class="card empty">No session yet.</div>';
  const rows = sessions
    .map(
      (session) =>
        `<tr><td><code>${session.sessionId}</code></td><td>${session.edge === 'usersreplace' ? 'Replace' : 'Change'}</td><td class="n">${count(session.seqs.length)}</td><td class="n">${count(session.received)}</td><td class="n">${count(session.invalid)}</td><td>${instant(session.startedAt)}</td><td>${session.endedAt === null ? pill('Open', 'warn') : pill('Ended', 'good')}</td></tr>`,
    )
    .join('');
  return `<div class="table" tabindex="0"><table><thead><tr><th>Session</th><th>Kind</th><th class="n">Batches</th><th class="n">Rows</th><th class="n">Invalid</th><th>Begun</th><th>State</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function switches(audience: Audience, here: string): string {
  const id = audience.id;
  const flagged = audience.flagged.length > 0;
  return `<div class="switch"><span><b>Flag it</b><small>As if its name suggested health or money trouble: uploads are refused.</small></span>${flagged ? actionButton('Remove flag', 'unflag-audience', here, { id }) : actionButton('Flag', 'flag-audience', here, { id })}</div>
<div class="switch"><span><b>Let it expire</b><small>Status 100: unused for two years, to be deleted in 90 days.</small></span>${audience.expiresAt === null ? actionButton('Expire', 'expire-audience', here, { id }) : actionButton('Keep', 'keep-audience', here, { id })}</div>
<div class="switch"><span><b>Delete it</b><small>As if somebody had deleted it in Ads Manager. For good.</small></span>${actionButton('Delete', 'delete-audience', '/ads-manager/audiences', { id }, 'danger')}</div>`;
}

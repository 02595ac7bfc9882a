import type { LoggedRequest } from '../store/request-log';
import type { World } from '../store/world';
import { count, pill } from './format';
import { escapeHtml, page } from './page';

const shown = 200;

/** /ads-manager/requests: the last calls, newest first. */
export function requestsPage(world: World): string {
  const entries = world.log.since(0).slice(-shown).reverse();
  const rows = entries.map(row).join('');
  const table = `<div class="table" tabindex="0"><table><thead><tr><th>Time (UTC)</th><th>Call</th><th>Answer</th><th class="n">Rows</th><th class="n">In</th><th class="n">Out</th><th class="n">Invalid</th><th class="n">ms</th><th>Trace</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return page({
    title: 'Requests',
    part: 'Requests',
    body: `<h1>Requests</h1><p class="lead">The last ${shown} Graph calls. Tokens, queries and digests are never written down.</p>${entries.length > 0 ? table : '<div class="card empty">No call yet.</div>'}`,
  });
}

function row(entry: LoggedRequest): string {
  const number = (value: number | undefined): string => (value === undefined ? '–' : count(value));
  const code =
    entry.code === undefined ? '' : ` <small>code ${entry.code}${entry.subcode === undefined ? '' : ` / ${entry.subcode}`}</small>`;
  const status = entry.status === 0 ? pill('no answer', 'bad') : pill(String(entry.status), entry.status < 400 ? 'good' : 'bad');
  const fault = entry.fault ? ` ${pill(`fault: ${entry.fault}`, 'warn')}` : '';
  const session = entry.sessionId
    ? `<small>session ${entry.sessionId}, batch ${entry.batchSeq ?? '?'}${entry.last ? ', last' : ''}</small>`
    : '';
  return `<tr><td>${entry.at.slice(11, 19)}</td><td><b>${entry.method}</b> <code>${escapeHtml(entry.path)}</code>${session}</td><td>${status}${fault}${code}</td><td class="n">${number(entry.rows)}</td><td class="n">${number(entry.added)}</td><td class="n">${number(entry.removed)}</td><td class="n">${number(entry.invalid)}</td><td class="n">${Math.round(entry.ms)}</td><td><code>${escapeHtml((entry.traceId ?? '').slice(0, 8))}</code></td></tr>`;
}

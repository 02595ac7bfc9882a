import type { Call } from './call';
import { GraphFailure, invalidParameter } from './failure';

interface Sequenced {
  seq: number;
}

function cursor(seq: number): string {
  return Buffer.from(`QVFI${seq}ZD`).toString('base64url');
}

function position(text: string): number {
  const seq = /^QVFI(\d+)ZD$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (seq === undefined) throw invalidParameter('Invalid cursors values');
  return Number(seq);
}

/** One page of a list, newest first: cursors always, `next` only if there is more, no `paging` at all for an empty list. */
export function page<T extends Sequenced>(call: Call, items: T[], render: (item: T) => Record<string, unknown>): Record<string, unknown> {
  const { params } = call;
  const limit = params.has('limit') ? Number(params.text('limit')) : 25;
  if (!Number.isInteger(limit) || limit < 1) throw invalidParameter('Param limit must be a positive integer');
  if (limit > call.world.settings.heavyPage) {
    throw new GraphFailure(1, "Please reduce the amount of data you're asking for, then retry your request", { transient: false });
  }
  const sorted = [...items].sort((a, b) => b.seq - a.seq);
  const after = params.text('after');
  const before = params.text('before');
  let window = sorted;
  if (after) window = sorted.filter((item) => item.seq < position(after));
  else if (before) window = sorted.filter((item) => item.seq > position(before)).slice(-limit);
  const shown = window.slice(0, limit);
  const first = shown[0];
  const last = shown.at(-1);
  const summary = params.text('summary')?.includes('total_count') ? { summary: { total_count: items.length } } : {};
  if (!first || !last) return { data: [], ...summary };
  const paging: Record<string, unknown> = {
    cursors: { before: cursor(first.seq), after: cursor(last.seq) },
  };
  if (sorted.some((item) => item.seq < last.seq)) paging.next = link(call, 'after', cursor(last.seq));
  if (sorted.some((item) => item.seq > first.seq)) paging.previous = link(call, 'before', cursor(first.seq));
  return { data: shown.map(render), paging, ...summary };
}

/** Facebook's own links carry the access token. */
function link(call: Call, direction: 'after' | 'before', value: string): string {
  const url = new URL(`/${call.version ?? ''}${call.path}`, call.origin);
  for (const name of call.params.names()) {
    if (!['after', 'before', 'appsecret_proof', 'appsecret_time'].includes(name)) url.searchParams.set(name, call.params.text(name) ?? '');
  }
  if (call.token) url.searchParams.set('access_token', call.token.id);
  url.searchParams.set(direction, value);
  return url.href;
}

/** Applies `filtering`: a list of {field, operator, value}; fields not in `readable` are refused. */
export function filtered<T>(call: Call, items: T[], readable: Record<string, (item: T) => unknown>): T[] {
  let left = items;
  for (const entry of call.params.list('filtering') ?? []) {
    const { field, operator, value } = entry as {
      field?: string;
      operator?: string;
      value?: unknown;
    };
    const read = readable[field ?? ''];
    if (!read || !operator) {
      throw invalidParameter(`Filtering field '${String(field)}' with operation '${String(operator).toLowerCase()}' is not supported`);
    }
    left = left.filter((item) => holds(read(item), operator, value));
  }
  return left;
}

function holds(actual: unknown, operator: string, value: unknown): boolean {
  const text = String(actual ?? '').toLowerCase();
  const wanted = String(value ?? '').toLowerCase();
  const options = Array.isArray(value) ? value.map((item) => String(item).toLowerCase()) : [wanted];
  switch (operator) {
    case 'EQUAL':
      return text === wanted;
    case 'NOT_EQUAL':
      return text !== wanted;
    case 'IN':
      return options.includes(text);
    case 'NOT_IN':
      return !options.includes(text);
    case 'CONTAIN':
      return text.includes(wanted);
    case 'NOT_CONTAIN':
      return !text.includes(wanted);
    case 'STARTS_WITH':
      return text.startsWith(wanted);
    case 'GREATER_THAN':
      return Number(actual ?? Number.NaN) > Number(value);
    case 'LESS_THAN':
      return Number(actual ?? Number.NaN) < Number(value);
    default:
      throw invalidParameter(
        `Param filtering[0][operator] must be one of EQUAL, NOT_EQUAL, IN, NOT_IN, CONTAIN, NOT_CONTAIN, STARTS_WITH, GREATER_THAN, LESS_THAN`,
      );
  }
}

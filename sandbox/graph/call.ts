import type { AdAccount, Token } from '../store/records';
import type { World } from '../store/world';
import type { Params } from './params';

/** What the request log learns about a call while it is carried out. */
export interface CallNotes {
  personId?: string;
  accountId?: string;
  audienceId?: string;
  rows?: number;
  invalid?: number;
  added?: number;
  removed?: number;
  sessionId?: string;
  batchSeq?: number;
  last?: boolean;
}

/** One Graph call, its token already checked. */
export interface Call {
  world: World;
  /** Simulated clock, milliseconds. */
  now: number;
  method: 'GET' | 'POST' | 'DELETE';
  /** Without version, with leading slash. */
  path: string;
  version: string | null;
  origin: string;
  params: Params;
  token: Token | null;
  notes: CallNotes;
}

/** Whether an object can be written by this person: Facebook's MANAGE or ADVERTISE. */
export function mayAdvertise(account: AdAccount, personId: string): boolean {
  const tasks = account.roles[personId] ?? [];
  return tasks.includes('MANAGE') || tasks.includes('ADVERTISE');
}

import { purposeWords, triggerWords } from '@/components/campaign/state-words';
import type { BatchOp, BatchState, RunPurpose, RunState, RunTrigger, SendBy } from '@/db/schema';
import type { ScreenState } from '@/lib/sync/run-state';

/** A run as its screens show it. */
export type RunView = {
  id: number;
  occurrenceAt: Date;
  trigger: RunTrigger;
  purpose: RunPurpose;
  sendBy: SendBy | null;
  live: boolean;
  state: RunState;
  screenState: ScreenState;
  waitUntil: Date | null;
  waitReason: string | null;
  qualified: number | null;
  excluded: number | null;
  control: number | null;
  overCap: number | null;
  unreachable: number | null;
  holdReason: string | null;
  mended: string[] | null;
  toAdd: number | null;
  toRemove: number | null;
  added: number;
  removed: number;
  received: number;
  invalid: number;
  /** Rows put off: Facebook refuses removals that would leave too few. */
  deferred: number;
  errorCode: string | null;
  errorMessage: string | null;
  errorTrace: string | null;
  createdAt: Date;
  frozenAt: Date | null;
  sentAt: Date | null;
  finishedAt: Date | null;
};

export type BatchView = {
  seq: number;
  op: BatchOp;
  rows: number;
  state: BatchState;
  received: number | null;
  invalid: number | null;
  attempts: number;
  traceId: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
};

const moving: readonly RunState[] = ['queued', 'audience_ready', 'frozen', 'sent'];
export const isMoving = (state: RunState): boolean => moving.includes(state);

/** Share of the run that is done, 0–100: a tenth for the audience and the difference each, then by rows, then the confirmation. */
export function progressOf(run: RunView): number {
  const base: Record<RunState, number> = {
    queued: 2,
    audience_ready: 10,
    held: 15,
    frozen: 20,
    sent: 95,
    confirmed: 100,
    failed: 100,
    cancelled: 100,
    skipped: 100,
    collapsed: 100,
  };
  if (run.state !== 'frozen') return base[run.state];
  const replaces = run.sendBy === 'replace';
  const leftOut = (run.excluded ?? 0) + (run.control ?? 0) + (run.overCap ?? 0) + (run.unreachable ?? 0);
  const planned = replaces ? (run.qualified ?? 0) - leftOut : (run.toAdd ?? 0) + (run.toRemove ?? 0);
  const done = replaces ? run.received : run.added + run.removed;
  return planned <= 0 ? 95 : Math.min(95, Math.round(20 + (75 * done) / planned));
}

export type Stage = { title: string; detail: string; state: 'done' | 'current' | 'ahead' };

/** resolved → diffed → pushed → confirmed, each with its figure once known. */
export function stagesOf(run: RunView, text: { number: (n: number) => string }): Stage[] {
  const reached = ['queued', 'audience_ready', 'frozen', 'sent', 'confirmed'].indexOf(run.state);
  const held = run.state === 'held';
  const frozen = run.frozenAt !== null || held;
  const n = text.number;
  const stage = (title: string, detail: string, done: boolean, current: boolean): Stage => ({
    title,
    detail,
    state: done ? 'done' : current ? 'current' : 'ahead',
  });
  return [
    stage('Resolved', run.qualified === null ? 'Who qualifies' : `${n(run.qualified)} qualify`, frozen, reached === 0 || reached === 1),
    stage('Compared', frozen ? `+${n(run.toAdd ?? 0)} −${n(run.toRemove ?? 0)}` : 'With what is at Facebook', frozen, false),
    stage(
      'Sent',
      held ? 'Held' : frozen ? `${n(run.added + run.removed)} of ${n((run.toAdd ?? 0) + (run.toRemove ?? 0))} rows` : 'To Facebook',
      run.sentAt !== null,
      reached === 2 || held,
    ),
    stage('Confirmed', 'Size and ad sets', run.state === 'confirmed', reached === 3),
  ];
}

/** Late by this many ms; null when it began within a minute of its occurrence. */
export function lateByMs(run: RunView): number | null {
  const late = (run.frozenAt ?? run.createdAt).getTime() - run.occurrenceAt.getTime();
  return run.trigger !== 'manual' && late >= 60_000 ? late : null;
}

/** Why there is the run, in words. */
export const occasionOf = ({ purpose, trigger }: RunView): string => (purpose === 'sync' ? triggerWords[trigger] : purposeWords[purpose]);

/** Only recorded: another run was made in its place, or none. */
export const isPassedOver = ({ state }: RunView): boolean => state === 'skipped' || state === 'collapsed';

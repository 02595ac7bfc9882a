/** The steps of a run, and what can go wrong at each: the rows and columns of the table in docs/runs.md. */

export const steps = {
  queue: 'the run is made',
  find: 'the audience is looked for',
  make: 'the audience is made',
  look: 'the audience is read',
  freeze: 'the difference is written',
  remove: 'members are removed',
  add: 'members are added',
  replace: 'the list is replaced',
  read: 'the ad set is read',
  point: 'the ad set is written',
  confirm: 'the run is confirmed',
  show: 'live: the ad sets are pointed, and it listens',
  settle: 'live: what arrived is settled',
  wake: 'live: a wait is over',
  flush: 'live: the difference is written',
  join: 'live: members are added',
  leave: 'live: members are removed',
} as const;
export type Step = keyof typeof steps;
export const stepNames = Object.keys(steps) as Step[];

/** Steps that are a request to Facebook; the others are a transaction alone. */
export const calls: readonly Step[] = ['find', 'make', 'look', 'remove', 'add', 'replace', 'read', 'point', 'join', 'leave'];

export const ofLive: readonly Step[] = ['show', 'settle', 'wake', 'flush', 'join', 'leave'];

const sameOnTheWire: Partial<Record<Step, Step>> = { show: 'confirm', join: 'add', leave: 'remove' };
/** What is seen of a step from outside: live campaigns speak to Facebook and Postgres as others do. */
export const onTheWire = (step: Step): Step => sameOnTheWire[step] ?? step;

export const faults = {
  killBefore: 'killed before the request reaches Facebook',
  killAfter: 'killed after it took effect, before its answer',
  killUncommitted: 'killed before the result is committed',
  killCommitted: 'killed after the result is committed',
  cutBefore: 'connection cut before Facebook has the request',
  cutAfter: 'connection cut after it took effect',
  silentBefore: 'no answer in time, nothing done',
  silentAfter: 'no answer in time, though done',
  html: 'HTML with 502',
  htmlAfter: 'HTML with 502, though done',
  truncated: 'half of the JSON, though done',
  empty: 'nothing with 500',
  postgres: 'Postgres crashes and comes back',
  clockBack: 'killed, and the next engine’s clock is an hour behind',
  clockAhead: 'a second engine whose clock is ten minutes ahead takes over',
  crowd: 'a second engine and three crons at the same moment',
} as const;
export type Fault = keyof typeof faults;
export const faultNames = Object.keys(faults) as Fault[];

const ofTransactions: readonly Fault[] = ['killUncommitted', 'killCommitted', 'postgres', 'clockBack', 'clockAhead', 'crowd'];

/** Whether there is such a thing: a transaction alone has no answer that could be lost. */
export const happens = (fault: Fault, step: Step): boolean => calls.includes(step) || ofTransactions.includes(fault);

/** Those of SIGKILL. */
export const isKill = ({ fault }: Cell): boolean => fault.startsWith('kill') || fault === 'clockBack';

export type Cell = { fault: Fault; step: Step };
export const cells: Cell[] = faultNames.flatMap((fault) =>
  stepNames.filter((step) => happens(fault, step)).map((step) => ({ fault, step })),
);

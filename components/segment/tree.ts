import type { Compare, Weekday } from '@/lib/segment/behaviour';
import type { Duration } from '@/lib/segment/dates';
import type { Has, PropertyCondition } from '@/lib/segment/definition';
import type { Window } from '@/lib/segment/window';

/**
 * The builder's own tree: like a definition, but parts may still be missing, what another choice hides is kept for when one changes
 * back, and every node has an id to be found by. A node that did not change stays the same object.
 */
export type GroupNode = { id: string; kind: 'group'; not: boolean; of: 'all' | 'any'; children: Node[] };

/** An event, or any of several, and the filters it must pass. */
export type Step = { id: string; events: string[]; where: PropertyNode[] };

export type Measure =
  | { by: 'count'; compare: Compare }
  | { by: 'sum' | 'avg' | 'min' | 'max' | 'distinct'; property: string; compare: Compare }
  | { by: 'first' }
  | { by: 'last' };

export type BehaviourNode = {
  id: string;
  kind: 'behaviour';
  not: boolean;
  /** `then` and `thenNot` are sequences: they alone have the second step. */
  verb: 'did' | 'didNot' | 'then' | 'thenNot';
  step: Step;
  second: Step;
  gap: Duration;
  window: Window;
  measure: Measure;
  includeZero: boolean;
  hours: [number, number] | null;
  weekdays: Weekday[] | null;
};

/** Of a profile, or, in a step's `where`, of an event. `value` is undefined until there is one. */
export type PropertyNode = {
  id: string;
  kind: 'property';
  not: boolean;
  property: string;
  op: PropertyCondition['op'];
  value: unknown;
  ignoreCase: boolean;
};
export type HasNode = { id: string; kind: 'has'; not: boolean; has: Has['has'] };
export type SegmentNode = { id: string; kind: 'segment'; not: boolean; segment: string };
/** Ends included, 0–999. */
export type BucketNode = { id: string; kind: 'bucket'; not: boolean; bucket: [number, number] };

export type LeafNode = BehaviourNode | PropertyNode | HasNode | SegmentNode | BucketNode;
export type Node = GroupNode | LeafNode;

let made = 0;
/** Of nodes made by hand; those read from a definition are numbered along it, so that server and browser agree. */
export const newId = (): string => `new-${++made}`;

export const newGroup = (of: GroupNode['of'], children: Node[] = []): GroupNode => ({
  id: newId(),
  kind: 'group',
  not: false,
  of,
  children,
});

export const newStep = (...events: string[]): Step => ({ id: newId(), events, where: [] });

export const newBehaviour = (verb: BehaviourNode['verb'] = 'did', ...events: string[]): BehaviourNode => ({
  id: newId(),
  verb,
  ...plainBehaviour,
  step: newStep(...events),
  second: newStep(),
});

/** All that a behaviour has beside verb and events, as it begins. */
export const plainBehaviour = {
  kind: 'behaviour' as const,
  not: false,
  gap: { days: 1 } as Duration,
  window: { last: { days: 7 } } as Window,
  measure: { by: 'count', compare: { gte: 1 } } as Measure,
  includeZero: false,
  hours: null,
  weekdays: null,
};

export const newProperty = (property = '', op: PropertyNode['op'] = 'is', value: unknown = undefined): PropertyNode => ({
  id: newId(),
  kind: 'property',
  not: false,
  property,
  op,
  value,
  ignoreCase: false,
});
export const newHas = (has: HasNode['has'] = 'reachable'): HasNode => ({ id: newId(), kind: 'has', not: false, has });
export const newSegment = (segment = ''): SegmentNode => ({ id: newId(), kind: 'segment', not: false, segment });
export const newBucket = (): BucketNode => ({ id: newId(), kind: 'bucket', not: false, bucket: [0, 99] });

import { AppError, invariant } from '@/lib/errors';
import type { SegmentSource } from './compile';
import { conditionsOf, type Definition, segmentsOf } from './definition';

/** What a definition may grow to with the segments it refers to written out: each is planned as one query. */
export const expansionLimits = { depth: 20, conditions: 500 };

/** References of the definition itself, in order, each with the path of its key: "all[1].segment". */
export function* referencesOf(definition: Definition): Generator<{ key: string; path: string }> {
  for (const { condition, path } of conditionsOf(definition))
    if ('segment' in condition) yield { key: condition.segment, path: path ? `${path}.segment` : 'segment' };
}

/** The shortest way from the segment back to itself, both ends included; null where there is none. Keys that are not there lead nowhere. */
export function cycleThrough(key: string, definitions: ReadonlyMap<string, Definition>): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [key];
  for (const at of queue) {
    const definition = definitions.get(at);
    for (const next of definition ? segmentsOf(definition) : []) {
      if (next === key) return [...wayTo(at, key, cameFrom), key];
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      queue.push(next);
    }
  }
  return null;
}

function wayTo(at: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [at];
  for (let here = at; here !== start; ) {
    here = cameFrom.get(here) ?? start;
    way.unshift(here);
  }
  return way;
}

/** Keys of the segments that refer to this one, directly or through others. */
export function dependentsOf(key: string, definitions: ReadonlyMap<string, Definition>): string[] {
  const found = new Set<string>([key]);
  for (const wanted of found) for (const [other, definition] of definitions) if (segmentsOf(definition).includes(wanted)) found.add(other);
  found.delete(key);
  return [...found];
}

type Size = { conditions: number; depth: number };

/**
 * @throws AppError unprocessable where the definition, with the segments it refers to written out, is larger than can be computed.
 * @param definitions of all it refers to, free of cycles. @param name of the segment that is meant, where it is not the one being asked for.
 */
export function refuseTooLarge(definition: Definition, definitions: ReadonlyMap<string, Definition>, name?: string): void {
  const { conditions, depth } = sizeOf(definition, definitions, new Map());
  const what = name === undefined ? 'With the segments it refers to, this' : `“${name}” refers to this segment, and`;
  if (depth > expansionLimits.depth)
    throw new AppError(
      'unprocessable',
      `${what} would go ${depth} segments deep; ${expansionLimits.depth} is the most.`,
      pathOfFirst(definition),
    );
  if (conditions > expansionLimits.conditions)
    throw new AppError(
      'unprocessable',
      `${what} would have ${conditions.toLocaleString('en-US')} conditions in all; ${expansionLimits.conditions} is the most.`,
      pathOfFirst(definition),
    );
}

const pathOfFirst = (definition: Definition) => [...referencesOf(definition)][0]?.path ?? '';

/** A segment counts as often as it is referred to. */
function sizeOf(definition: Definition, definitions: ReadonlyMap<string, Definition>, known: Map<string, Size | null>): Size {
  const size: Size = { conditions: 0, depth: 0 };
  for (const { condition } of conditionsOf(definition)) {
    size.conditions += 1;
    if (!('segment' in condition)) continue;
    const inner = sizeOfSegment(condition.segment, definitions, known);
    size.conditions += inner.conditions;
    size.depth = Math.max(size.depth, inner.depth + 1);
  }
  return size;
}

function sizeOfSegment(key: string, definitions: ReadonlyMap<string, Definition>, known: Map<string, Size | null>): Size {
  const found = known.get(key);
  if (found) return found;
  invariant(found === undefined, 'no cycle is ever saved');
  known.set(key, null);
  const definition = definitions.get(key);
  const size = definition ? sizeOf(definition, definitions, known) : { conditions: 0, depth: 0 };
  known.set(key, size);
  return size;
}

/** With saved segments written out, so that it means the same when they have changed; lists stay named. */
export function writtenOut(definition: Definition, sources: ReadonlyMap<string, SegmentSource>): Definition {
  if ('all' in definition) return { all: definition.all.map((each) => writtenOut(each, sources)) };
  if ('any' in definition) return { any: definition.any.map((each) => writtenOut(each, sources)) };
  if ('not' in definition) return { not: writtenOut(definition.not, sources) };
  const source = 'segment' in definition ? sources.get(definition.segment) : undefined;
  return source && 'definition' in source ? writtenOut(source.definition, sources) : definition;
}

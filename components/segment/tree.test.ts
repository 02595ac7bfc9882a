import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Definition, limits, parseDefinition } from '@/lib/segment/definition';
import { faultsOf } from './faults';
import { type GroupNode, type Node, newBehaviour, newGroup, newHas, newId, newProperty } from './tree';
import { jsonOf, placesOf, treeOf } from './tree-json';
import { contains, copied, dissolved, find, isDissolvable, joined, levels, moved, replaced, sizeOf, stepped, without } from './tree-moves';

const word = fc.constantFrom('Added to Cart', 'Purchased', 'a', 'b.c', '$country', 'name', 'Ünï cödé', 'x'.repeat(60));
const names = fc.oneof(word, fc.uniqueArray(word, { minLength: 1, maxLength: 3 }));
const n = fc.integer({ min: 1, max: 10_000 });
const calendar = fc.oneof(fc.record({ days: n }), fc.record({ weeks: n }), fc.record({ months: n }), fc.record({ years: n }));
const elapsed = fc.oneof(fc.record({ minutes: n }), fc.record({ hours: n }));
const gap = fc.oneof(elapsed, fc.record({ days: n }), fc.record({ weeks: n }));
const duration = fc.oneof(elapsed, calendar);
const day = fc.integer({ min: 0, max: 40_000 }).map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
const days = fc.tuple(day, day).map(([a, b]) => (a <= b ? [a, b] : [b, a]));
const dateText = fc.oneof(
  day,
  day.map((d) => `${d}T23:59:01.5+05:45`),
);
/** JSON has no -0. */
const number = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true })).map((each) => each + 0);
const rising = fc.tuple(number, number).map(([a, b]) => (a <= b ? [a, b] : [b, a]));
const compare = fc.oneof(
  ...['eq', 'ne', 'gt', 'gte', 'lt', 'lte'].map((op) => number.map((value) => ({ [op]: value }))),
  rising.map((between) => ({ between })),
);
const window = fc.oneof(
  fc.constantFrom('ever', 'today', 'yesterday', 'thisMonth', 'previousMonth'),
  fc.record({ last: duration }),
  fc.oneof(...['on', 'before', 'after'].map((kind) => day.map((each) => ({ [kind]: each })))),
  days.map((between) => ({ between })),
  fc.record({ exactly: calendar }),
  fc.tuple(n, n).map(([a, b]) => ({ ago: { from: { days: Math.max(a, b) }, to: { days: Math.min(a, b) } } })),
);
const text = fc.oneof(fc.constantFrom('', 'IN', 'BR', '50', 'true'), fc.string({ maxLength: 8 }));
const texts = fc.array(text, { minLength: 1, maxLength: 3 });

const withOps = (ops: string[], value: fc.Arbitrary<unknown>, more: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ property: word, op: fc.constantFrom(...ops), value, ...more }, { requiredKeys: ['property', 'op', 'value'] });
const ignoreCase = { ignoreCase: fc.boolean() };
const property = fc.oneof(
  fc.record({ property: word, op: fc.constantFrom('exists', 'notExists') }),
  withOps(['is', 'isNot'], fc.oneof(text, fc.boolean()), ignoreCase),
  withOps(['isOneOf', 'isNoneOf'], texts, ignoreCase),
  withOps(['contains', 'notContains', 'startsWith', 'endsWith'], text, ignoreCase),
  withOps(['matches'], fc.constantFrom('^a+$', 'x'), ignoreCase),
  withOps(['eq', 'ne', 'gt', 'gte', 'lt', 'lte'], number),
  withOps(['between'], rising),
  withOps(['dateBefore', 'dateAfter'], dateText),
  withOps(['dateOn'], day),
  withOps(['dateBetween'], days),
  withOps(['inLast', 'inNext', 'notInLast'], duration),
  withOps(['anniversaryIn'], fc.record({ days: fc.integer({ min: 0, max: 366 }) })),
  withOps(['containsAny', 'containsAll', 'containsNone'], texts),
);

const optional = (required: string[], shape: Record<string, fc.Arbitrary<unknown>>) => fc.record(shape, { requiredKeys: required });
const where = fc.array(property, { minLength: 1, maxLength: 2 });
const clock = {
  hours: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 24 })).filter(([a, b]) => a !== b),
  weekdays: fc.uniqueArray(fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), { minLength: 1 }),
};
const aggregate = fc
  .tuple(fc.constantFrom('sum', 'avg', 'min', 'max', 'distinct'), word, compare)
  .map(([fn, name, comparison]) => ({ fn, property: name, ...comparison }));
const matching = { where, within: window, ...clock };
const step = (key: string) => optional([key], { [key]: names, where });
const leaf = fc.oneof(
  { weight: 3, arbitrary: optional(['did'], { did: names, ...matching, count: compare, includeZero: fc.boolean() }) },
  { weight: 3, arbitrary: optional(['did', 'aggregate'], { did: names, ...matching, aggregate, includeZero: fc.boolean() }) },
  optional(['did', 'occurrence', 'within'], { did: names, occurrence: fc.constantFrom('first', 'last'), where, within: window }),
  { weight: 2, arbitrary: optional(['didNot'], { didNot: names, ...matching }) },
  {
    weight: 3,
    arbitrary: optional(['sequence', 'gap'], {
      sequence: fc.tuple(step('did'), fc.oneof(step('did'), step('didNot'))),
      gap,
      within: window,
    }),
  },
  { weight: 3, arbitrary: property },
  fc.record({ has: fc.constantFrom('email', 'phone', 'mobileAdvertiserId', 'birthDay', 'reachable') }),
  fc.record({ segment: fc.constantFrom('buyers', 'a-list') }),
  fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 999 })).map(([a, b]) => ({ bucket: a <= b ? [a, b] : [b, a] })),
);

/** Whatever the parser takes: nots of leaves, of nots and of groups, groups of one, to the full depth. */
const definitions = fc
  .letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: limits.depth - 1, depthSize: 'large', withCrossShrink: true },
      leaf,
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      tie('node').map((not) => ({ not })),
    ),
  }))
  .node.filter((json) => {
    try {
      return Boolean(parseDefinition(json));
    } catch {
      return false;
    }
  })
  .map(parseDefinition);

type Json = Record<string, unknown>;

/** One shape for what the language lets say in several: no doubled not, no default, one name not in a list, no root around one leaf. */
function canonical(definition: Definition): unknown {
  const json = canonicalNode(definition) as { all?: Json[] };
  const only = json.all?.length === 1 ? json.all[0] : undefined;
  const inner = (only?.not ?? only) as Json | undefined;
  return only && inner && !('all' in inner) && !('any' in inner) ? only : json;
}

function canonicalNode(definition: Definition): unknown {
  if ('not' in definition)
    return 'not' in definition.not ? canonicalNode(definition.not.not) : { not: canonicalNode(definition.not) as Definition };
  if ('all' in definition) return { all: definition.all.map(canonicalNode) };
  if ('any' in definition) return { any: definition.any.map(canonicalNode) };
  return canonicalLeaf(definition as unknown as Json);
}

function canonicalLeaf(leaf: Json): Json {
  const json = Object.fromEntries(Object.entries(leaf).filter(([key, value]) => value !== undefined && !isDefault(key, value, leaf)));
  for (const key of ['did', 'didNot']) if (Array.isArray(json[key]) && json[key].length === 1) json[key] = json[key][0];
  if (Array.isArray(json.where)) json.where = json.where.map(canonicalLeaf);
  if (Array.isArray(json.sequence)) json.sequence = json.sequence.map(canonicalLeaf);
  return json;
}

function isDefault(key: string, value: unknown, leaf: Json): boolean {
  if (key === 'within') return value === 'ever' && !('occurrence' in leaf);
  if (key === 'count') return JSON.stringify(value) === '{"gte":1}';
  return (key === 'includeZero' || key === 'ignoreCase') && value === false;
}

/** What the tree of nots and groups says where each leaf is true or false by its own text and a salt. */
function says(definition: Definition, salt: number): boolean {
  if ('not' in definition) return !says(definition.not, salt);
  if ('all' in definition) return definition.all.every((each) => says(each, salt));
  if ('any' in definition) return definition.any.some((each) => says(each, salt));
  const name = JSON.stringify(canonicalLeaf(definition as unknown as Json), (_, value: unknown) => (isJson(value) ? sorted(value) : value));
  return ([...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, salt) & 4) !== 0;
}
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const sorted = (json: Json) => Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1)));

const emitted = (root: GroupNode) => parseDefinition(JSON.parse(JSON.stringify(jsonOf(root))));

function leavesOf(node: Node): Exclude<Node, GroupNode>[] {
  return node.kind === 'group' ? node.children.flatMap(leavesOf) : [node];
}

describe('the builder', () => {
  it('opens every definition, and writes the same one', () => {
    fc.assert(
      fc.property(definitions, fc.integer(), (definition, salt) => {
        const written = emitted(treeOf(definition));
        expect(canonical(written)).toEqual(canonical(definition));
        expect(says(written, salt)).toBe(says(definition, salt));
      }),
      { numRuns: 300 },
    );
  });

  it('opens what it wrote as the very same tree', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const written = emitted(treeOf(definition));
        expect(emitted(treeOf(written))).toEqual(written);
        expect(leavesOf(treeOf(written)).flatMap(faultsOf)).toEqual([]);
      }),
    );
  });

  it.each([
    [{ did: 'A' }],
    [{ not: { did: 'A', count: { gte: 2 } } }],
    [{ not: { all: [{ did: 'A' }, { not: { any: [{ has: 'email' }] } }] } }],
    [{ any: [{ did: 'A' }] }],
    [{ all: [{ any: [{ did: 'A' }] }] }],
    [{ did: ['A', 'B'], includeZero: true, hours: [22, 6], weekdays: ['sat', 'sun'] }],
    [{ did: 'A', occurrence: 'first', within: 'ever' }],
    [{ property: 'address.geo.lat', op: 'exists' }],
    [{ property: 'plan', op: 'isNot', value: 'Pro', ignoreCase: true }],
  ])('writes %j as it came', (json) => {
    expect(jsonOf(treeOf(parseDefinition(json)))).toEqual(json);
  });

  it('numbers what it reads alike on server and browser', () => {
    const definition = parseDefinition({ all: [{ did: 'A', where: [{ property: 'x', op: 'exists' }] }, { has: 'email' }] });
    expect(treeOf(definition)).toEqual(treeOf(definition));
  });
});

describe('a fault', () => {
  const told = (change: (node: ReturnType<typeof newBehaviour>) => ReturnType<typeof newBehaviour>) =>
    faultsOf(change(newBehaviour('did', 'A')));

  it('stands in the field it is about, every one of them', () => {
    const filter = newProperty('amount', 'gt');
    const node = newBehaviour('thenNot', 'A');
    const faults = faultsOf({ ...node, step: { ...node.step, where: [filter, newProperty()] }, gap: { days: Number.NaN } });
    expect(faults.map(({ id, field }) => [id === filter.id || id === node.second.id, field])).toEqual(
      expect.arrayContaining([
        [true, 'value'],
        [true, 'events'],
        [false, 'property'],
        [false, 'gap'],
      ]),
    );
  });

  it.each([
    ['events', told((node) => ({ ...node, step: { ...node.step, events: [] } }))],
    ['measure', told((node) => ({ ...node, measure: { by: 'count', compare: { gte: Number.NaN } } }))],
    ['measure', told((node) => ({ ...node, measure: { by: 'sum', property: '', compare: { gt: 1 } } }))],
    ['window', told((node) => ({ ...node, window: { last: { days: 0 } } }))],
    ['window', told((node) => ({ ...node, window: { between: ['2026-03-02', '2026-03-01'] } }))],
    ['clock', told((node) => ({ ...node, hours: [9, 9] }))],
    ['clock', told((node) => ({ ...node, weekdays: [] }))],
  ])('of %s is told there', (field, faults) => {
    expect(faults.map((each) => each.field)).toEqual([field]);
  });

  it('of the whole definition is found by its path', () => {
    const definition = parseDefinition({
      all: [
        { not: { any: [{ did: 'A' }] } },
        { sequence: [{ did: 'A' }, { didNot: 'B', where: [{ property: 'x', op: 'exists' }] }], gap: { days: 1 } },
      ],
    });
    const root = treeOf(definition);
    const [first, second] = root.children;
    const places = placesOf(root);
    expect(places.get('')).toBe(root.id);
    expect(places.get('all[0].not')).toBe(first?.id);
    expect(places.get('all[0].not.any[0]')).toBe(first?.kind === 'group' ? first.children[0]?.id : undefined);
    expect(places.get('all[1].sequence[1].where[0]')).toBe(second?.kind === 'behaviour' ? second.second.where[0]?.id : undefined);
    expect(placesOf(treeOf(parseDefinition({ did: 'A' }))).get('')).toBe('n1');
  });
});

describe('a move', () => {
  const a = newHas('email');
  const b = newHas('phone');
  const c = newHas('reachable');
  const inner = newGroup('any', [b, c]);
  const root = newGroup('all', [a, inner]);
  const shape = (node: Node): unknown => (node.kind === 'group' ? { [node.of]: node.children.map(shape) } : node.id);
  const step = (from: GroupNode, id: string, move: Parameters<typeof stepped>[2]) => {
    const next = stepped(from, id, move);
    return next && shape(next);
  };

  it('goes up and down among its neighbours, and out of the group past its ends', () => {
    expect(step(root, c.id, 'up')).toEqual({ all: [a.id, { any: [c.id, b.id] }] });
    expect(step(root, b.id, 'up')).toEqual({ all: [a.id, b.id, { any: [c.id] }] });
    expect(step(root, c.id, 'down')).toEqual({ all: [a.id, { any: [b.id] }, c.id] });
    expect(step(root, a.id, 'down')).toEqual({ all: [{ any: [b.id, c.id] }, a.id] });
    expect(step(root, a.id, 'up')).toBeNull();
  });

  it('goes into the group beside it, out of its own, or into a new one', () => {
    expect(step(root, a.id, 'into')).toEqual({ all: [{ any: [a.id, b.id, c.id] }] });
    expect(step(root, b.id, 'out')).toEqual({ all: [a.id, { any: [c.id] }, b.id] });
    expect(step(root, a.id, 'wrap')).toEqual({ all: [{ any: [a.id] }, { any: [b.id, c.id] }] });
    expect(step(root, b.id, 'into')).toBeNull();
    expect(step(root, a.id, 'out')).toBeNull();
  });

  it('takes an emptied group away, and never the root', () => {
    expect(shape(without(without(root, b.id), c.id))).toEqual({ all: [a.id] });
    expect(shape(moved(moved(root, b.id, root.id, 0), c.id, root.id, 3))).toEqual({ all: [b.id, a.id, c.id] });
    expect(shape(without(newGroup('all', [a]), a.id))).toEqual({ all: [] });
  });

  it('puts two together where one is dropped on the other', () => {
    expect(shape(joined(root, a.id, b.id))).toEqual({ all: [{ any: [{ all: [b.id, a.id] }, c.id] }] });
  });

  it('never goes into itself', () => {
    expect(moved(root, inner.id, inner.id, 0)).toBe(root);
    expect(joined(root, inner.id, b.id)).toBe(root);
  });

  it('dissolves a group only where the meaning stays', () => {
    const found = find(root, inner.id);
    expect(found && isDissolvable(found)).toBe(false);
    expect(shape(dissolved(root, inner.id))).toEqual({ all: [a.id, b.id, c.id] });
    const alone = newGroup('all', [newGroup('any', [a])]);
    const single = find(alone, alone.children[0]?.id ?? '');
    expect(single && isDissolvable(single)).toBe(true);
  });

  it('goes no deeper than the language', () => {
    let deep: Node = a;
    for (let i = 0; i < limits.depth - 1; i++) deep = newGroup('all', [deep]);
    expect(levels(deep)).toBe(limits.depth);
    expect(stepped(deep as GroupNode, a.id, 'wrap')).toBeNull();
  });

  it('loses and doubles nothing, wherever it goes, and leaves alone what it does not touch', () => {
    const moves = fc.array(fc.tuple(fc.nat(), fc.constantFrom('up', 'down', 'into', 'out', 'wrap')), { maxLength: 20 });
    fc.assert(
      fc.property(definitions, moves, (definition, all) => {
        let tree = treeOf(definition);
        const ids = leavesOf(tree).map((each) => each.id);
        for (const [which, move] of all) tree = stepped(tree, ids[which % ids.length] ?? '', move as 'up') ?? tree;
        expect(
          leavesOf(tree)
            .map((each) => each.id)
            .sort(),
        ).toEqual([...ids].sort());
        expect(levels(tree)).toBeLessThanOrEqual(limits.depth + 1);
      }),
    );
    const next = replaced(root, b.id, newHas('email'));
    expect(next.children[0]).toBe(a);
    expect((next.children[1] as GroupNode).children[1]).toBe(c);
  });

  it('copies with new ids and the same meaning', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const tree = treeOf(definition);
        const copy = copied(tree, newId) as GroupNode;
        expect(jsonOf(copy)).toEqual(jsonOf(tree));
        expect(sizeOf(copy)).toBe(sizeOf(tree));
        expect(leavesOf(tree).some((each) => contains(copy, each.id))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

import type { SQL } from 'drizzle-orm';

/** The profiles a behaviour or a list is true for. */
export type Leaf = {
  /** A query of one column, profile_id; each once. */
  unique: SQL;
  /** The same profiles, perhaps repeated: cheaper where only absence is asked. */
  repeated: SQL;
  /** The lower, the fewer profiles are to be expected: joined first. */
  rank: number;
  /** Whether a profile that is gone may still be among them. */
  mayOutlive: boolean;
};

/**
 * What a definition says of one profile, in negation normal form: only leaves and tests are negated. `key` is equal where the meaning
 * is, so that a leaf that comes twice is joined once.
 */
export type Formula =
  | { kind: 'constant'; key: string; value: boolean }
  | { kind: 'leaf'; key: string; leaf: Leaf; negated: boolean }
  /** Over the row `p` of the profile; never NULL. */
  | { kind: 'test'; key: string; test: SQL; negated: boolean }
  | { kind: 'all' | 'any'; key: string; parts: readonly Formula[] };

export const constant = (value: boolean): Formula => ({ kind: 'constant', key: String(value), value });
export const leafFormula = (key: string, leaf: Leaf): Formula => ({ kind: 'leaf', key, leaf, negated: false });
export const testFormula = (key: string, test: SQL): Formula => ({ kind: 'test', key, test, negated: false });

export const allOf = (parts: readonly Formula[]): Formula => group('all', parts);
export const anyOf = (parts: readonly Formula[]): Formula => group('any', parts);

export function negation(formula: Formula): Formula {
  switch (formula.kind) {
    case 'constant':
      return constant(!formula.value);
    case 'leaf':
    case 'test':
      return { ...formula, negated: !formula.negated };
    case 'all':
      return anyOf(formula.parts.map(negation));
    case 'any':
      return allOf(formula.parts.map(negation));
  }
}

/** Flat, each part once, constants gone: true ends an "any", false an "all"; and so does a part beside its own negation. */
function group(kind: 'all' | 'any', given: readonly Formula[]): Formula {
  const ends = kind === 'any';
  const parts = new Map<string, Formula>();
  for (const part of given.flatMap((each) => (each.kind === kind ? each.parts : [each]))) {
    if (part.kind === 'constant' ? part.value === ends : parts.has(signed(negatedKey(part)))) return constant(ends);
    if (part.kind !== 'constant') parts.set(signed(part), part);
  }
  const [only] = parts.values();
  if (only === undefined) return constant(!ends);
  if (parts.size === 1) return only;
  return { kind, key: `${kind}(${[...parts.keys()].join(',')})`, parts: [...parts.values()] };
}

const signed = (formula: Formula | { key: string; negated: boolean }): string =>
  'negated' in formula && formula.negated ? `not(${formula.key})` : formula.key;

const negatedKey = (formula: Formula) =>
  'negated' in formula ? { key: formula.key, negated: !formula.negated } : { key: '', negated: true };

/** The formula where it is known what the facts (leaves and tests) say. */
export function given(formula: Formula, facts: readonly Formula[]): Formula {
  const known = new Map(facts.flatMap((fact) => ('negated' in fact ? [[fact.key, !fact.negated] as const] : [])));
  const simplified = (part: Formula): Formula => {
    if ('parts' in part) return group(part.kind, part.parts.map(simplified));
    const holds = known.get(part.key);
    if (holds === undefined || part.kind === 'constant') return part;
    return constant(holds !== part.negated);
  };
  return simplified(formula);
}

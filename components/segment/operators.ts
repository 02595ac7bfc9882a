import type { PropertyCondition } from '@/lib/segment/definition';
import type { PropertyView } from './catalogue';

type Op = PropertyCondition['op'];

/** How operators are said, by the type of property they are for. */
const byType: Record<PropertyView['type'], [Op, string][]> = {
  text: [
    ['is', 'is'],
    ['isNot', 'is not'],
    ['isOneOf', 'is one of'],
    ['isNoneOf', 'is none of'],
    ['contains', 'contains'],
    ['notContains', 'does not contain'],
    ['startsWith', 'starts with'],
    ['endsWith', 'ends with'],
    ['matches', 'matches'],
  ],
  number: [
    ['eq', '='],
    ['ne', '≠'],
    ['gt', '>'],
    ['gte', '≥'],
    ['lt', '<'],
    ['lte', '≤'],
    ['between', 'between'],
  ],
  boolean: [
    ['is', 'is'],
    ['isNot', 'is not'],
  ],
  date: [
    ['dateBefore', 'before'],
    ['dateAfter', 'after'],
    ['dateOn', 'on'],
    ['dateBetween', 'between'],
    ['inLast', 'in the last'],
    ['inNext', 'in the next'],
    ['notInLast', 'not in the last'],
    ['anniversaryIn', 'anniversary within'],
  ],
  list: [
    ['containsAny', 'contains any of'],
    ['containsAll', 'contains all of'],
    ['containsNone', 'contains none of'],
  ],
};

const always: [Op, string][] = [
  ['exists', 'is known'],
  ['notExists', 'is unknown'],
];

export const operatorsFor = (type: PropertyView['type']): [Op, string][] => [...byType[type], ...always];

/** The type whose operators hold this one; a definition may come from elsewhere and say otherwise than the catalogue. */
export function typeOfOperator(op: Op, known: PropertyView['type'] | undefined, value: unknown): PropertyView['type'] {
  const fits = (type: PropertyView['type']) => operatorsFor(type).some(([each]) => each === op);
  if (known && fits(known) && !(typeof value === 'boolean' && known === 'text')) return known;
  if (typeof value === 'boolean') return 'boolean';
  return (Object.keys(byType) as PropertyView['type'][]).find(fits) ?? 'text';
}

/** What a value begins as when its operator is chosen, keeping what fits. */
export function valueFor(op: Op, type: PropertyView['type'], before: unknown): unknown {
  const text = typeof before === 'string' ? before : '';
  switch (op) {
    case 'exists':
    case 'notExists':
      return undefined;
    case 'isOneOf':
    case 'isNoneOf':
    case 'containsAny':
    case 'containsAll':
    case 'containsNone':
      return Array.isArray(before) ? before : text ? [text] : [];
    case 'between':
      return [0, 100];
    case 'eq':
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return typeof before === 'number' ? before : 0;
    case 'dateBetween':
      return ['', ''];
    case 'inLast':
    case 'inNext':
    case 'notInLast':
      return { days: 7 };
    case 'anniversaryIn':
      return { days: 7 };
    default:
      return type === 'boolean' ? true : text;
  }
}

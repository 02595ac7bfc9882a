import { AppError } from '@/lib/errors';
import { type Definition, parseDefinition } from '@/lib/segment/definition';
import { faultsOf } from './faults';
import type { GroupNode, Node } from './tree';
import { jsonOf } from './tree-json';

export type Checked = {
  /** Null while something is missing or wrong. */
  definition: Definition | null;
  /** Of the definition as a whole: too deep, too many, too large. */
  fault: string | undefined;
};

export function checked(root: GroupNode): Checked {
  try {
    return { definition: parseDefinition(jsonOf(root)), fault: undefined };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { definition: null, fault: isFilledIn(root) ? error.message : undefined };
  }
}

/** No part of it says itself that it is wrong. */
const isFilledIn = (node: Node): boolean =>
  node.kind === 'group' ? node.children.length > 0 && node.children.every(isFilledIn) : faultsOf(node).length === 0;

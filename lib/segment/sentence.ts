import type { Definition } from './definition';
import { describe, type SegmentNames } from './describe';

type Saved = { kind: 'behaviour' | 'list'; definition: Definition };

/** Who is in a saved segment, in words, without a full stop. */
export const segmentSentence = ({ kind, definition }: Saved, names: SegmentNames): string =>
  kind === 'list' ? 'Users on a list that was uploaded' : describe(definition, names);

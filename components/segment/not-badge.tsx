'use client';

import { X } from 'lucide-react';
import { useBuilderWorld } from './builder-state';
import type { Node } from './tree';

/** Says that a condition counts in reverse, and takes that back. */
export function NotBadge({ node }: { node: Node }) {
  const { edit } = useBuilderWorld();
  return (
    <span className="inline-flex h-7 w-fit items-center gap-0.5 rounded-md bg-warning/15 pr-0.5 pl-2 font-medium text-sm text-warning-foreground">
      not true that:
      <button
        type="button"
        aria-label="Take the “not” away"
        className="grid size-6 place-items-center rounded outline-none hover:bg-warning/25 focus-visible:ring-2 focus-visible:ring-ring/50"
        onClick={() => edit.change({ ...node, not: false })}
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}

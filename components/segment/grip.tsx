'use client';

import { GripVertical } from 'lucide-react';
import { nameOf } from './node-names';
import type { Node } from './tree';

/** Drags its condition or group; with the keyboard Alt and the arrows move it, Delete removes it. */
export function Grip({ node }: { node: Node }) {
  return (
    <span data-field="grip" className="shrink-0">
      <button
        type="button"
        data-grip
        aria-label={`Move ${nameOf(node)}: drag it, or press Alt and an arrow key`}
        className="grid h-8 w-5 cursor-grab touch-none place-items-center rounded text-muted-foreground/60 outline-none hover:bg-accent hover:text-foreground focus-visible:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/40 active:cursor-grabbing"
      >
        <GripVertical aria-hidden className="size-4" />
      </button>
    </span>
  );
}

'use client';

import { Pencil } from 'lucide-react';
import { useRef, useState } from 'react';
import { toast } from 'sonner';
import type { SavePatch } from './draft-saving';

/** The campaign's name as a heading that can be typed over; saved on Enter or on leaving it, Escape takes it back. */
export function CampaignName({ id, name, save }: { id: string; name: string; save: SavePatch }) {
  const [text, setText] = useState(name);
  const saved = useRef(name);
  const keep = async () => {
    const next = text.trim();
    if (!next) return setText(saved.current);
    if (next === saved.current) return;
    const answer = await save({ id, patch: { name: next } });
    if (answer.ok) saved.current = next;
    else toast.error(answer.message);
  };
  return (
    <span className="group relative flex min-w-0 items-center">
      <input
        aria-label="Campaign name"
        className="-mx-2 field-sizing-content min-w-40 max-w-full truncate rounded-md border border-transparent bg-transparent px-2 py-1 font-semibold text-xl tracking-tight hover:border-input focus-visible:border-input focus-visible:outline-2 focus-visible:outline-ring"
        value={text}
        maxLength={120}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => void keep()}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText(saved.current);
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
      <Pencil className="ml-3 size-4 shrink-0 text-muted-foreground" aria-hidden />
    </span>
  );
}

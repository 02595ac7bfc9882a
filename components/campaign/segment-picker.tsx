'use client';

import { Search } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/input';

export type SegmentView = { key: string; name: string; sentence: string };

/** Saved segments by name and sentence. */
export function SegmentPicker(props: { segments: SegmentView[]; value: string | undefined; onChange: (key: string) => void }) {
  const { segments, value, onChange } = props;
  const [text, setText] = useState('');
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = segments.filter((one) => words.every((word) => `${one.name} ${one.sentence}`.toLowerCase().includes(word)));
  if (segments.length === 0) {
    return (
      <p className="rounded-lg border border-dashed p-6 text-center text-muted-foreground text-sm">
        No segment is saved yet. Describe one here, or{' '}
        <Link href="/segments/new" className="underline underline-offset-2">
          save one first
        </Link>
        .
      </p>
    );
  }
  return (
    <div className="grid gap-3">
      <div className="relative">
        <Search className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 size-4 text-muted-foreground" aria-hidden />
        <Input
          type="search"
          aria-label="Search segments"
          placeholder="Search segments"
          className="pl-9"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      </div>
      <div role="radiogroup" aria-label="Saved segment" className="grid max-h-[28rem] gap-2 overflow-y-auto p-0.5">
        {shown.map((segment) => (
          <label
            key={segment.key}
            className={cn(
              'flex cursor-pointer items-start gap-3 rounded-lg border bg-card p-3.5 transition-colors hover:border-foreground/30 has-focus-visible:outline-2 has-focus-visible:outline-ring',
              segment.key === value && 'border-primary bg-primary/5 dark:bg-primary/10',
            )}
          >
            <input
              type="radio"
              name="segment"
              className="mt-1 accent-primary"
              checked={segment.key === value}
              onChange={() => onChange(segment.key)}
            />
            <span className="grid min-w-0 gap-0.5">
              <span className="font-medium text-sm">{segment.name}</span>
              <span className="text-muted-foreground text-sm">{segment.sentence}</span>
            </span>
          </label>
        ))}
        {shown.length === 0 && <p className="p-3 text-muted-foreground text-sm">No segment fits “{text}”.</p>}
      </div>
    </div>
  );
}

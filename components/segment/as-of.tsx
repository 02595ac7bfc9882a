'use client';

import { History } from 'lucide-react';
import { useState } from 'react';
import { dayAndTime, wallTime } from '@/components/campaign/zoned-text';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { instantOf } from '@/lib/schedule/wall-time';

type Props = { /** Null: now. */ at: Date | null; zone: string; onChange: (at: Date | null) => void };

const dayMs = 86_400_000;

/** Now, or a moment in the past in the workspace's zone. */
export function AsOfField({ at, zone, onChange }: Props) {
  const [wall, setWall] = useState('');
  const [fault, setFault] = useState<string>();
  const isPast = at !== null || wall !== '';
  const choose = (text: string) => {
    setWall(text);
    const chosen = text === '' ? null : instantOf(text, zone);
    const isLater = chosen !== null && chosen > new Date();
    setFault(isLater ? 'That moment is still to come.' : undefined);
    if (chosen && !isLater) onChange(chosen);
  };
  const back = () => {
    setWall('');
    setFault(undefined);
    onChange(null);
  };
  return (
    <section aria-label="As of" className="grid gap-2 rounded-lg border bg-card px-4 py-2.5">
      <div className="flex items-center justify-between gap-2">
        <h3 className="flex items-center gap-2 font-medium text-sm">
          <History className="size-4 text-muted-foreground" aria-hidden /> As of
        </h3>
        <Select
          aria-label="As of"
          value={isPast ? 'past' : 'now'}
          onChange={(event) => (event.target.value === 'now' ? back() : choose(wallTime(new Date(Date.now() - 7 * dayMs), zone)))}
        >
          <option value="now">Now</option>
          <option value="past">A moment in the past</option>
        </Select>
      </div>
      {isPast && (
        <>
          <Input
            type="datetime-local"
            aria-label={`Moment, local time in ${zone}`}
            value={wall || wallTime(at ?? new Date(), zone)}
            max={wallTime(new Date(), zone)}
            aria-invalid={fault !== undefined}
            onChange={(event) => choose(event.target.value)}
          />
          <FieldError className="text-xs">{fault}</FieldError>
        </>
      )}
    </section>
  );
}

/** Says that what stands below is of the past, and what of it is not. */
export function AsOfBanner({ at, zone, onChange }: Props) {
  if (!at) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-primary/25 bg-primary/8 px-4 py-3 text-sm"
    >
      <History className="size-4 shrink-0 text-primary" aria-hidden />
      <p className="min-w-0 flex-1 basis-64">
        <strong className="font-semibold">
          As of {dayAndTime(at, zone)} ({zone.replaceAll('_', ' ')})
        </strong>
        <span className="block text-muted-foreground">
          Only events up to then are seen. Properties, identifiers and lists have no history: they are today’s.
        </span>
      </p>
      <Button variant="outline" size="sm" onClick={() => onChange(null)}>
        Back to now
      </Button>
    </div>
  );
}

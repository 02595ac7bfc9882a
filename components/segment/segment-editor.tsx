'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { Field, FieldError } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { Definition } from '@/lib/segment/definition';
import { AsOfBanner } from './as-of';
import type { BuilderCatalogue } from './catalogue';
import { type ImpactOf, type SaveSegment, useSaveGuard } from './save-guard';
import { SegmentAside } from './segment-aside';
import { SegmentBuilder } from './segment-builder';
import { slugOf } from './slug';
import { useTicks } from './ticks';

export type SegmentEditorProps = {
  /** The saved segment; without one a new segment is made. */
  saved?: { key: string; name: string; definition: Definition };
  /** What a new one begins with. */
  template?: { name: string; definition: Definition };
  catalogue: BuilderCatalogue;
  mayEdit: boolean;
  /** Names of running campaigns that follow the segment. */
  followers: string[];
  save: SaveSegment;
  impact: ImpactOf;
};

export function SegmentEditor({ saved, template, catalogue, mayEdit, followers, save, impact }: SegmentEditorProps) {
  const router = useRouter();
  const begin = saved ?? template;
  const [name, setName] = useState(begin?.name ?? '');
  const [definition, setDefinition] = useState<Definition | null>(begin?.definition ?? null);
  const [fault, setFault] = useState<{ message: string; field?: string }>();
  const [attempts, setAttempts] = useState(0);
  const [busy, setBusy] = useState(false);
  const [asOf, setAsOf] = useState<Date | null>(null);
  const ticks = useTicks(definition, asOf);
  const who = useMemo(() => (definition ? { definition } : null), [definition]);
  const guard = useSaveGuard(save, impact);

  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setAttempts(attempts + 1);
    if (name.trim() === '') return setFault({ message: 'Name the segment.', field: 'name' });
    if (!definition) return setFault({ message: 'Finish the conditions first: what is missing is marked.' });
    setBusy(true);
    const answer = await guard.save({ key: saved?.key ?? slugOf(name), name, definition, isNew: !saved });
    setBusy(false);
    if (!answer) return;
    if (!answer.ok) return setFault(answer);
    toast.success(`“${name}” is saved.`);
    router.push('/segments');
  };
  const changeDefinition = (next: Definition | null) => {
    setDefinition(next);
    setFault(undefined);
  };
  const isOfName = fault?.field === 'name' || fault?.field === 'key';
  const refused = fault?.field && !isOfName ? { path: fault.field, message: fault.message } : undefined;
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <Field label="Name" htmlFor="name" error={isOfName ? fault?.message : undefined} className="max-w-md">
        <Input
          id="name"
          required
          maxLength={120}
          autoComplete="off"
          aria-invalid={isOfName || undefined}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <AsOfBanner at={asOf} zone={catalogue.zone} onChange={setAsOf} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_300px]">
        <SegmentBuilder
          value={begin?.definition}
          catalogue={catalogue}
          onChange={changeDefinition}
          at={asOf ?? undefined}
          notes={ticks.notes}
          attempts={attempts}
          refused={refused}
          onTemplate={(template) => setName(name || template)}
        />
        <SegmentAside who={who} at={asOf} zone={catalogue.zone} onAt={setAsOf} ticks={ticks} />
      </div>
      {fault && !isOfName && <FieldError>{fault.message}</FieldError>}
      {followers.length > 0 && (
        <p className="rounded-xl bg-warning/15 p-3 text-sm text-warning-foreground">
          {followers.join(', ')} {followers.length === 1 ? 'follows' : 'follow'} this segment: what you save counts from the next run.
        </p>
      )}
      {guard.dialog}
      <div className="sticky bottom-16 flex gap-2 border-t bg-background/95 py-3 backdrop-blur md:bottom-0">
        {mayEdit && (
          <Button type="submit" disabled={busy}>
            {busy ? 'Saving…' : 'Save segment'}
          </Button>
        )}
        <Button asChild variant="ghost">
          <Link href="/segments">Back to the list</Link>
        </Button>
      </div>
    </form>
  );
}

'use client';

import { Download } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { SearchField } from '@/components/ui/search-field';
import { Skeleton } from '@/components/ui/skeleton';
import { askDryRun, type DryRunPerson } from './ask';
import type { DryRunFigure } from './dry-run-panel';
import { numberText } from './zoned-text';

/** Who stands behind a count of the dry run: the first of them, a search among all, and all as a file. */
export function DryRunList({ campaignId, figure }: { campaignId: string; figure: DryRunFigure }) {
  const { outcome, label, value } = figure;
  const [search, setSearch] = useState('');
  const [people, setPeople] = useState<DryRunPerson[]>();
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    setPeople(undefined);
    setFault(undefined);
    askDryRun({ campaignId, outcome, search }, abort.signal).then(
      setPeople,
      (error: unknown) => abort.signal.aborted || setFault(error instanceof Error ? error.message : 'Something went wrong.'),
    );
    return () => abort.abort();
  }, [campaignId, outcome, search]);
  return (
    <section aria-label={label} className="mt-4 grid gap-3 border-t pt-4">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="mr-auto font-medium text-sm">
          {label} <span className="font-normal text-muted-foreground tabular-nums">{numberText(value)}</span>
        </h3>
        <SearchField label={`Search: ${label}`} placeholder="User id, email or phone" value="" onSearch={setSearch} />
        <Button asChild variant="outline">
          <a href={`/campaigns/${campaignId}/dry-run?list=${outcome}`} download>
            <Download aria-hidden /> Download
          </a>
        </Button>
      </div>
      <FieldError>{fault}</FieldError>
      {!people && !fault && <Skeleton className="h-32" />}
      {people && <People people={people} search={search} all={value} />}
    </section>
  );
}

function People({ people, search, all }: { people: DryRunPerson[]; search: string; all: number }) {
  if (people.length === 0)
    return <p className="text-muted-foreground text-sm">{search ? 'Nobody of these has this id, email or phone.' : 'Nobody any more.'}</p>;
  return (
    <>
      <ul className="grid max-h-72 gap-x-4 overflow-y-auto sm:grid-cols-2 lg:grid-cols-3">
        {people.map(({ profileId, name, anonymous }) => (
          <li key={profileId} className="min-w-0">
            <Link
              href={`/profiles/${profileId}`}
              className="flex items-baseline gap-2 rounded-md px-2 py-1 text-sm outline-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/40 focus-visible:ring-inset"
            >
              <span className="truncate">{name}</span>
              {anonymous && <span className="shrink-0 text-muted-foreground text-xs">anonymous</span>}
            </Link>
          </li>
        ))}
      </ul>
      {!search && all > people.length && (
        <p className="text-muted-foreground text-xs">The first {people.length}. The file has all of them.</p>
      )}
    </>
  );
}

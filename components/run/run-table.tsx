import Link from 'next/link';
import { runStates } from '@/components/campaign/state-words';
import { dayAndTime, numberText } from '@/components/campaign/zoned-text';
import { Badge } from '@/components/ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { occasionOf, type RunView } from './run-view';

/** A campaign's runs, newest first. */
export function RunTable({ campaignId, runs, zone }: { campaignId: string; runs: RunView[]; zone: string }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Occurrence</TableHead>
          <TableHead>State</TableHead>
          <TableHead className="text-right max-sm:hidden">Qualified</TableHead>
          <TableHead className="text-right">Added</TableHead>
          <TableHead className="text-right">Removed</TableHead>
          <TableHead className="text-right max-sm:hidden">Refused</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {runs.map((run) => {
          const state = runStates[run.screenState];
          return (
            <TableRow key={run.id} className="relative">
              <TableCell>
                <Link href={`/campaigns/${campaignId}/runs/${run.id}`} className="font-medium after:absolute after:inset-0">
                  {dayAndTime(run.occurrenceAt, zone)}
                </Link>
                <span className="block text-muted-foreground text-xs">{occasionOf(run)}</span>
              </TableCell>
              <TableCell>
                <Badge tone={state.tone}>{state.label}</Badge>
              </TableCell>
              <TableCell className="text-right tabular-nums max-sm:hidden">{figure(run.qualified)}</TableCell>
              <TableCell className="text-right tabular-nums">{figure(run.frozenAt && run.added)}</TableCell>
              <TableCell className="text-right tabular-nums">{figure(run.frozenAt && run.removed)}</TableCell>
              <TableCell className="text-right tabular-nums max-sm:hidden">{figure(run.frozenAt && run.invalid)}</TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

/** A dash where nothing was counted, as in a skipped run. */
const figure = (value: number | null): string => (value === null ? '–' : numberText(value));

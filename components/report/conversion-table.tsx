import { numberText } from '@/components/campaign/zoned-text';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { Conversions } from '@/db/reports';
import { type Group, liftOf } from '@/lib/campaign/lift';
import { comparedText, differenceText, percentText, relativeText, verdict } from './report-words';

/** Target and control side by side, and what may be said of the difference. */
export function ConversionTable({ conversions, hasControl, zone }: { conversions: Conversions; hasControl: boolean; zone: string }) {
  const { target, control, compared } = conversions;
  const lift = liftOf(target, control);
  return (
    <div className="grid gap-5">
      <div className="overflow-hidden rounded-lg border">
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Group</TableHead>
              <TableHead className="text-right">People</TableHead>
              <TableHead className="text-right">Reached the goal</TableHead>
              <TableHead className="text-right">Share</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            <GroupRow title="In the audience" group={target} />
            <GroupRow title="Control, never sent" group={control} />
          </TableBody>
        </Table>
      </div>
      {control.people > 0 ? (
        <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-2">
          <div className="sm:col-span-2">
            <dt className="sr-only">Verdict</dt>
            <dd className="font-medium">{verdict(lift)}</dd>
          </div>
          <div>
            <dt className="text-muted-foreground">Difference</dt>
            <dd className="tabular-nums">{differenceText(lift)}</dd>
          </div>
          <div>
            <dt className="text-muted-foreground">Lift</dt>
            <dd className="tabular-nums">{relativeText(lift)}</dd>
          </div>
        </dl>
      ) : (
        <p className="text-muted-foreground text-sm">
          {hasControl || compared
            ? 'Nobody of the control group has had the days yet.'
            : 'Without a control group nobody can say what the ads have changed. It is switched on in the campaign under “Limits, sending and the end”.'}
        </p>
      )}
      <p className="text-muted-foreground text-sm">{comparedText(compared, zone)}</p>
    </div>
  );
}

function GroupRow({ title, group: { people, converted } }: { title: string; group: Group }) {
  return (
    <TableRow>
      <TableCell className="font-medium">{title}</TableCell>
      <TableCell className="text-right tabular-nums">{numberText(people)}</TableCell>
      <TableCell className="text-right tabular-nums">{numberText(converted)}</TableCell>
      <TableCell className="text-right tabular-nums">{people === 0 ? '–' : percentText(converted / people)}</TableCell>
    </TableRow>
  );
}

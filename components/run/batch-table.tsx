import { numberText, secondsText } from '@/components/campaign/zoned-text';
import { Badge } from '@/components/ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { BatchView } from './run-view';

const states = {
  pending: { label: 'Waiting', tone: 'neutral' },
  received: { label: 'Received', tone: 'info' },
  sent: { label: 'Sent', tone: 'good' },
  deferred: { label: 'Deferred', tone: 'warn' },
  dropped: { label: 'Decided anew', tone: 'neutral' },
} as const;

const ops = { add: 'Add', remove: 'Remove', replace: 'Replace' } as const;

/** Each request: what it did, how many rows, how Facebook answered, and the trace id its support asks for. */
export function BatchTable({ batches, zone }: { batches: BatchView[]; zone: string }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead className="text-right">#</TableHead>
          <TableHead>Does</TableHead>
          <TableHead className="text-right">Rows</TableHead>
          <TableHead className="text-right">Received</TableHead>
          <TableHead className="text-right">Refused</TableHead>
          <TableHead className="text-right">Attempts</TableHead>
          <TableHead>State</TableHead>
          <TableHead>Sent at</TableHead>
          <TableHead>Trace id</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {batches.map((batch) => (
          <TableRow key={batch.seq}>
            <TableCell className="text-right text-muted-foreground tabular-nums">{batch.seq}</TableCell>
            <TableCell>{ops[batch.op]}</TableCell>
            <TableCell className="text-right tabular-nums">{numberText(batch.rows)}</TableCell>
            <TableCell className="text-right tabular-nums">{batch.received === null ? '–' : numberText(batch.received)}</TableCell>
            <TableCell className="text-right tabular-nums">{batch.invalid === null ? '–' : numberText(batch.invalid)}</TableCell>
            <TableCell className="text-right tabular-nums">{batch.attempts}</TableCell>
            <TableCell>
              <Badge tone={states[batch.state].tone}>{states[batch.state].label}</Badge>
            </TableCell>
            <TableCell className="whitespace-nowrap tabular-nums">{batch.finishedAt ? secondsText(batch.finishedAt, zone) : '–'}</TableCell>
            <TableCell className="max-w-40 truncate font-mono text-muted-foreground text-xs" title={batch.traceId ?? undefined}>
              {batch.traceId ?? '–'}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

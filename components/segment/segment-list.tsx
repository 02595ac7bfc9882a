import { ListChecks } from 'lucide-react';
import Link from 'next/link';
import { numberText, shortDay } from '@/components/campaign/zoned-text';
import { Badge } from '@/components/ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { TrendLine } from '@/components/ui/trend-line';
import type { SegmentItem } from './segment-item';
import { SegmentMenu } from './segment-menu';
import { type CountNow, SegmentSize, SegmentSizes } from './segment-sizes';
import { UsedBy } from './used-by';

type Props = {
  items: readonly SegmentItem[];
  now: Date;
  /** IANA, of the workspace. */
  zone: string;
  mayEdit: boolean;
  countNow: CountNow;
  remove: (which: { key: string }) => Promise<{ ok: boolean; message?: string }>;
};

/** A table from tablet width up, cards on a phone. */
export function SegmentList(props: Props) {
  const { items, countNow } = props;
  return (
    <SegmentSizes stale={items.filter((item) => item.stale).map((item) => item.key)} countNow={countNow}>
      <div className="overflow-hidden rounded-2xl border bg-card shadow-xs max-md:hidden">
        <Table>
          <TableHeader>
            <TableRow className="hover:bg-transparent">
              <TableHead>Segment</TableHead>
              <TableHead className="pr-12 text-right">Size</TableHead>
              <TableHead>30 days</TableHead>
              <TableHead>Used by</TableHead>
              <TableHead>Changed</TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {items.map((item) => (
              <SegmentTableRow key={item.key} item={item} {...props} />
            ))}
          </TableBody>
        </Table>
      </div>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-3 md:hidden">
        {items.map((item) => (
          <SegmentCard key={item.key} item={item} {...props} />
        ))}
      </ul>
    </SegmentSizes>
  );
}

type ItemProps = { item: SegmentItem } & Omit<Props, 'items' | 'countNow'>;

function SegmentTableRow({ item, now, zone, mayEdit, remove }: ItemProps) {
  return (
    <TableRow>
      <TableCell className="min-w-64 max-w-sm">
        <SegmentName item={item} />
        <p className="mt-0.5 line-clamp-2 text-muted-foreground text-xs">{item.sentence}</p>
      </TableCell>
      <TableCell>
        <SegmentSize segmentKey={item.key} name={item.name} size={item.size} now={now} mayCount className="justify-end" />
      </TableCell>
      <TableCell>
        <Trend item={item} />
      </TableCell>
      <TableCell className="min-w-36 max-w-52 text-sm">
        <UsedBy usage={item.usage} />
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground text-sm">
        <Changed item={item} zone={zone} />
      </TableCell>
      <TableCell className="w-10 pl-0">
        <SegmentMenu segmentKey={item.key} name={item.name} kind={item.kind} usage={item.usage} mayEdit={mayEdit} remove={remove} />
      </TableCell>
    </TableRow>
  );
}

function SegmentCard({ item, now, zone, mayEdit, remove }: ItemProps) {
  return (
    <li className="grid gap-3 rounded-2xl border bg-card p-4">
      <div className="flex items-start justify-between gap-2">
        <SegmentName item={item} />
        <SegmentMenu segmentKey={item.key} name={item.name} kind={item.kind} usage={item.usage} mayEdit={mayEdit} remove={remove} />
      </div>
      <p className="line-clamp-3 text-muted-foreground text-sm">{item.sentence}</p>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <SegmentSize segmentKey={item.key} name={item.name} size={item.size} now={now} mayCount />
        <Trend item={item} />
      </div>
      <dl className="grid grid-cols-2 gap-2 text-sm">
        <div>
          <dt className="text-muted-foreground text-xs">Used by</dt>
          <dd>
            <UsedBy usage={item.usage} />
          </dd>
        </div>
        <div>
          <dt className="text-muted-foreground text-xs">Changed</dt>
          <dd>
            <Changed item={item} zone={zone} />
          </dd>
        </div>
      </dl>
    </li>
  );
}

function SegmentName({ item }: { item: SegmentItem }) {
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <Link className="min-w-0 break-words font-medium hover:underline" href={`/segments/${item.key}`}>
        {item.name}
      </Link>
      {item.kind === 'list' && (
        <Badge variant="outline">
          <ListChecks aria-hidden className="size-3" /> List
        </Badge>
      )}
    </span>
  );
}

function Trend({ item }: { item: SegmentItem }) {
  const known = item.days.flatMap(({ qualify }) => (qualify === null ? [] : [qualify]));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || known.length < 2) {
    return <span className="text-muted-foreground text-xs">{known.length === 0 ? '–' : 'from tomorrow on'}</span>;
  }
  const label = `Size over 30 days: ${numberText(first)} at first, ${numberText(last)} now`;
  return <TrendLine points={item.days.map(({ day, qualify }) => ({ key: day, value: qualify }))} label={label} />;
}

function Changed({ item, zone }: { item: SegmentItem; zone: string }) {
  return (
    <>
      <time dateTime={item.updatedAt.toISOString()}>{shortDay(item.updatedAt, zone)}</time>
      {item.owner && <span className="block max-w-32 truncate text-muted-foreground text-xs">{item.owner}</span>}
    </>
  );
}

import { Activity } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Sparkline } from '@/components/ui/sparkline';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { type EventSummary, listEvents, type PropertySummary, propertiesOf } from '@/db/catalogue';
import { database } from '@/db/open';
import { requireUser } from '@/lib/auth';

export const metadata: Metadata = { title: 'Events' };

type Props = { searchParams: Promise<{ event?: string }> };

export default async function Events({ searchParams }: Props) {
  const user = await requireUser();
  const { event } = await searchParams;
  const db = database();
  const events = await listEvents(db, user.workspaceId, new Date());
  const properties = event ? await propertiesOf(db, user.workspaceId, event) : [];
  return (
    <>
      <PageHeader
        title="Events"
        description="Every event name that has come in, with what it carries. These feed the pick lists of the segment builder."
      />
      {events.length === 0 && (
        <EmptyState
          icon={Activity}
          title="No event has come in yet"
          description={
            <>
              Send some:{' '}
              <Link className="text-primary underline" href="/sources">
                Sources
              </Link>{' '}
              shows how.
            </>
          }
        />
      )}
      {events.length > 0 && (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
          <EventTable events={events} chosen={event} zone={user.workspace.zone} />
          <PropertyPanel event={event} properties={properties} />
        </div>
      )}
    </>
  );
}

function EventTable({ events, chosen, zone }: { events: EventSummary[]; chosen?: string; zone: string }) {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  return (
    <div className="rounded-2xl border bg-card shadow-xs">
      <Table>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead>Event</TableHead>
            <TableHead>Last 30 days</TableHead>
            <TableHead className="text-right">In all</TableHead>
            <TableHead>Last seen</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {events.map(({ name, volume, total, lastSeen }) => (
            <TableRow key={name} className={name === chosen ? 'bg-accent/60' : undefined}>
              <TableCell>
                <Link
                  className="font-medium hover:underline"
                  href={`/events?event=${encodeURIComponent(name)}`}
                  scroll={false}
                  aria-current={name === chosen || undefined}
                >
                  {name}
                </Link>
              </TableCell>
              <TableCell>
                <Sparkline
                  bars={volume.map(({ day, count }) => ({ key: day, value: count }))}
                  label={`${volume.reduce((sum, day) => sum + day.count, 0).toLocaleString('en-US')} in the last 30 days`}
                />
              </TableCell>
              <TableCell className="text-right tabular-nums">{total.toLocaleString('en-US')}</TableCell>
              <TableCell className="whitespace-nowrap text-muted-foreground tabular-nums">{format.format(lastSeen)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function PropertyPanel({ event, properties }: { event?: string; properties: PropertySummary[] }) {
  return (
    <aside className="rounded-2xl border bg-card p-4 shadow-xs">
      <h2 className="font-semibold text-sm">{event ? `Properties of ${event}` : 'Properties'}</h2>
      {!event && <p className="mt-2 text-muted-foreground text-sm">Choose an event to see what it carries.</p>}
      {event && properties.length === 0 && <p className="mt-2 text-muted-foreground text-sm">It carries none.</p>}
      <dl className="mt-3 grid grid-cols-[minmax(0,1fr)] gap-3">
        {properties.map(({ name, type, values }) => (
          <div key={name}>
            <dt className="flex items-baseline justify-between gap-2 text-sm">
              <span className="truncate font-medium">{name}</span>
              <span className="text-muted-foreground text-xs">{type}</span>
            </dt>
            <dd className="truncate text-muted-foreground text-xs">
              {values
                .slice(0, 5)
                .map(({ value, count }) => `${value} (${count.toLocaleString('en-US')})`)
                .join(', ')}
            </dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

import Link from 'next/link';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConnectionHealthLine } from './connection-health';
import type { ConnectionView } from './facebook-views';
import { counted, dayAndTime } from './zoned-text';

type Props = {
  connection: ConnectionView;
  usedBy: { id: string; name: string }[];
  reconnectHref: string | null;
  zone: string;
  now: Date;
};

/** A connection's person, health, permissions, and the campaigns that rest on it. */
export function ConnectionCard({ connection, usedBy, reconnectHref, zone, now }: Props) {
  return (
    <li className="grid gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="grid gap-1">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            {connection.name}
            <Badge variant="outline">{connection.kind === 'system' ? 'System user' : 'Person'}</Badge>
          </p>
          <ConnectionHealthLine connection={connection} now={now} />
        </div>
        {reconnectHref && (
          <Button asChild variant="outline" size="sm">
            <a href={reconnectHref}>Reconnect</a>
          </Button>
        )}
      </div>
      <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-2">
        <div>
          <dt className="text-muted-foreground">Granted</dt>
          <dd>{connection.scopes.join(', ') || 'nothing'}</dd>
        </div>
        <div>
          <dt className="text-muted-foreground">Token expires</dt>
          <dd>{connection.expiresAt ? dayAndTime(connection.expiresAt, zone) : 'never, while it is not revoked'}</dd>
        </div>
        <div className="sm:col-span-2">
          <dt className="text-muted-foreground">Used by {counted(usedBy.length, 'campaign')}</dt>
          <dd className="flex flex-wrap gap-x-3 gap-y-1">
            {usedBy.map((one) => (
              <Link key={one.id} href={`/campaigns/${one.id}`} className="underline underline-offset-2">
                {one.name}
              </Link>
            ))}
          </dd>
        </div>
      </dl>
    </li>
  );
}

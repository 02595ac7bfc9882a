'use client';

import { Plug } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ConnectionHealthLine } from './connection-health';
import type { ConnectionView, FacebookActions } from './facebook-views';
import { TokenDialog } from './token-dialog';

type Props = {
  connections: ConnectionView[];
  value: string;
  onChange: (id: string) => void;
  connectToken: FacebookActions['connectToken'];
  mayConnect: boolean;
  /** Path to come back to from Facebook. */
  returnTo: string;
  now: Date;
};

/** Whose Facebook access is used, and the two ways to add one. */
export function ConnectionPicker({ connections, value, onChange, connectToken, mayConnect, returnTo, now }: Props) {
  return (
    <div className="grid gap-3">
      {connections.length > 0 && (
        <div role="radiogroup" aria-label="Connection" className="grid gap-2">
          {connections.map((connection) => (
            <ConnectionOption key={connection.id} connection={connection} checked={connection.id === value} onChoose={onChange} now={now} />
          ))}
        </div>
      )}
      {mayConnect ? (
        <div className="flex flex-wrap gap-2">
          <Button asChild variant={connections.length ? 'outline' : 'default'}>
            <a href={`/connect/facebook?returnTo=${encodeURIComponent(returnTo)}`}>
              <Plug aria-hidden /> {connections.length ? 'Connect another account' : 'Connect with Facebook'}
            </a>
          </Button>
          <TokenDialog connectToken={connectToken} onConnected={onChange} />
        </div>
      ) : (
        connections.length === 0 && <p className="text-muted-foreground text-sm">An owner of the workspace must connect Facebook first.</p>
      )}
    </div>
  );
}

function ConnectionOption(props: { connection: ConnectionView; checked: boolean; onChoose: (id: string) => void; now: Date }) {
  const { connection, checked, onChoose, now } = props;
  return (
    <label
      className={cn(
        'flex cursor-pointer items-start gap-3 rounded-lg border bg-card p-3.5 transition-colors hover:border-foreground/30 has-focus-visible:outline-2 has-focus-visible:outline-ring',
        checked && 'border-primary bg-primary/5 dark:bg-primary/10',
      )}
    >
      <input type="radio" name="connection" className="mt-1 accent-primary" checked={checked} onChange={() => onChoose(connection.id)} />
      <span className="grid min-w-0 gap-1">
        <span className="flex flex-wrap items-center gap-2 font-medium text-sm">
          {connection.name}
          {connection.kind === 'system' && <Badge variant="outline">System user</Badge>}
        </span>
        <ConnectionHealthLine connection={connection} now={now} />
      </span>
    </label>
  );
}

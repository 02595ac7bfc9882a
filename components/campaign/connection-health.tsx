import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ConnectionView } from './facebook-views';
import { distanceText } from './zoned-text';

/** Granted and missing permissions, expiry, and what is wrong: one line. */
export function ConnectionHealthLine({ connection, now }: { connection: ConnectionView; now: Date }) {
  const problem =
    connection.brokenReason ?? (connection.missing.includes('ads_management') ? 'It lacks the permission to manage ads.' : null);
  if (problem) {
    return (
      <span className="flex items-start gap-1.5 text-destructive text-sm">
        <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden /> {problem} Reconnect it.
      </span>
    );
  }
  const expiry = connection.expiresAt ? `token expires ${distanceText(connection.expiresAt, now)}` : 'token does not expire';
  const missing = connection.missing.length ? ` · not granted: ${connection.missing.join(', ')}` : '';
  return (
    <span className="flex items-start gap-1.5 text-muted-foreground text-sm">
      <CircleCheck className="mt-0.5 size-4 shrink-0 text-success" aria-hidden />
      <span>
        All that is needed is granted · {expiry}
        {missing}
      </span>
    </span>
  );
}

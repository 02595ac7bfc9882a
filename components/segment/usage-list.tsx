import { Megaphone, UsersRound, UserX } from 'lucide-react';
import Link from 'next/link';
import { campaignStates } from '@/components/campaign/state-words';
import { Badge } from '@/components/ui/badge';
import type { SegmentUsage } from '@/db/segment-usage';

/** Everything that uses it: the workspace's exclusions, campaigns with their state, segments. */
export function UsageList({ usage }: { usage: SegmentUsage }) {
  return (
    <ul className="grid max-h-60 gap-1 overflow-y-auto rounded-xl border p-2 text-sm">
      {usage.excludes && (
        <li className="px-1 py-0.5">
          <Link href="/settings/exclusions" className="flex min-w-0 items-center gap-2 hover:underline">
            <UserX aria-hidden className="size-4 shrink-0 text-muted-foreground" />
            Excluded from every campaign
          </Link>
        </li>
      )}
      {usage.campaigns.map(({ id, name, state }) => (
        <li key={id} className="flex items-center justify-between gap-3 px-1 py-0.5">
          <Link href={`/campaigns/${id}`} className="flex min-w-0 items-center gap-2 hover:underline">
            <Megaphone aria-hidden className="size-4 shrink-0 text-muted-foreground" />
            <span className="truncate">{name}</span>
          </Link>
          <Badge tone={campaignStates[state].tone}>{campaignStates[state].label}</Badge>
        </li>
      ))}
      {usage.segments.map(({ key, name }) => (
        <li key={key} className="px-1 py-0.5">
          <Link href={`/segments/${key}`} className="flex min-w-0 items-center gap-2 hover:underline">
            <UsersRound aria-hidden className="size-4 shrink-0 text-muted-foreground" />
            <span className="truncate">{name}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

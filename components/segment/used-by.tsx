import Link from 'next/link';
import { counted } from '@/components/campaign/zoned-text';
import type { SegmentUsage } from '@/db/segment-usage';

const shown = 2;

/** Campaigns and segments that use it, as links; of many the first, the others a click away. */
export function UsedBy({ usage }: { usage: SegmentUsage }) {
  const uses = [
    ...(usage.excludes ? [{ href: '/settings/exclusions', name: 'Excluded from every campaign' }] : []),
    ...usage.campaigns.map(({ id, name }) => ({ href: `/campaigns/${id}`, name })),
    ...usage.segments.map(({ key, name }) => ({ href: `/segments/${key}`, name })),
  ];
  if (uses.length === 0) return <span className="text-muted-foreground">–</span>;
  const links = uses.map(({ href, name }) => (
    <li key={href} className="truncate">
      <Link href={href} className="hover:underline" title={name}>
        {name}
      </Link>
    </li>
  ));
  return (
    <>
      <ul className="grid gap-0.5">{links.slice(0, shown)}</ul>
      {uses.length > shown && (
        <details className="text-sm">
          <summary className="cursor-pointer text-muted-foreground text-xs">{counted(uses.length - shown, 'other')}</summary>
          <ul className="grid gap-0.5">{links.slice(shown)}</ul>
        </details>
      )}
    </>
  );
}

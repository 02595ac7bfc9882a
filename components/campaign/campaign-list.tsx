import Link from 'next/link';
import { Badge } from '@/components/ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { CampaignState } from '@/db/schema';
import type { ScreenState } from '@/lib/sync/run-state';
import { CampaignMenu, type CampaignMenuActions } from './campaign-menu';
import { campaignStates, runStates } from './state-words';
import { dayAndTime, distanceText, numberText } from './zoned-text';

export type CampaignItem = {
  id: string;
  name: string;
  state: CampaignState;
  /** Who, in words. */
  sentence: string;
  nextAt: Date | null;
  /** Zone of its schedule. */
  zone: string;
  /** Null while it has no audience. */
  members: number | null;
  lastRun: { occurrenceAt: Date; screenState: ScreenState } | null;
  commands: string[];
};

type Props = { items: CampaignItem[]; now: Date; mayEdit: boolean; actions: CampaignMenuActions };

/** A table from tablet width up, cards on a phone. */
export function CampaignList({ items, now, mayEdit, actions }: Props) {
  return (
    <>
      <div className="overflow-hidden rounded-lg border bg-card max-md:hidden">
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Campaign</TableHead>
              <TableHead>State</TableHead>
              <TableHead>Next occurrence</TableHead>
              <TableHead className="text-right">Audience</TableHead>
              <TableHead>Last run</TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {items.map((item) => (
              <CampaignTableRow key={item.id} item={item} now={now} mayEdit={mayEdit} actions={actions} />
            ))}
          </TableBody>
        </Table>
      </div>
      <ul className="grid gap-3 md:hidden">
        {items.map((item) => (
          <CampaignCard key={item.id} item={item} now={now} mayEdit={mayEdit} actions={actions} />
        ))}
      </ul>
    </>
  );
}

type ItemProps = { item: CampaignItem } & Omit<Props, 'items'>;

const hrefOf = (item: CampaignItem) => (item.state === 'draft' ? `/campaigns/${item.id}/edit` : `/campaigns/${item.id}`);

function CampaignTableRow({ item, now, mayEdit, actions }: ItemProps) {
  const state = campaignStates[item.state];
  return (
    <TableRow className="relative hover:bg-muted/50">
      <TableCell className="max-w-md">
        <Link href={hrefOf(item)} className="font-medium after:absolute after:inset-0">
          {item.name}
        </Link>
        <p className="truncate text-muted-foreground text-sm" title={item.sentence}>
          {item.sentence}
        </p>
      </TableCell>
      <TableCell>
        <Badge tone={state.tone}>{state.label}</Badge>
      </TableCell>
      <TableCell className="whitespace-nowrap text-sm">
        <NextText item={item} now={now} />
      </TableCell>
      <TableCell className="text-right tabular-nums">{item.members === null ? '–' : numberText(item.members)}</TableCell>
      <TableCell className="whitespace-nowrap text-sm">
        <LastRunText item={item} now={now} />
      </TableCell>
      <TableCell className="relative z-10 w-10 pl-0">
        {mayEdit && <CampaignMenu id={item.id} name={item.name} state={item.state} commands={item.commands} actions={actions} />}
      </TableCell>
    </TableRow>
  );
}

function CampaignCard({ item, now, mayEdit, actions }: ItemProps) {
  const state = campaignStates[item.state];
  return (
    <li className="relative grid gap-2 rounded-lg border bg-card p-4">
      <div className="flex items-start justify-between gap-2">
        <Link href={hrefOf(item)} className="min-w-0 font-medium after:absolute after:inset-0">
          {item.name}
        </Link>
        <div className="relative z-10 flex shrink-0 items-center gap-1">
          <Badge tone={state.tone}>{state.label}</Badge>
          {mayEdit && <CampaignMenu id={item.id} name={item.name} state={item.state} commands={item.commands} actions={actions} />}
        </div>
      </div>
      <p className="line-clamp-2 text-muted-foreground text-sm">{item.sentence}</p>
      <dl className="grid grid-cols-2 gap-2 text-sm">
        <div>
          <dt className="text-muted-foreground text-xs">Next occurrence</dt>
          <dd>
            <NextText item={item} now={now} />
          </dd>
        </div>
        <div>
          <dt className="text-muted-foreground text-xs">Audience</dt>
          <dd className="tabular-nums">{item.members === null ? '–' : numberText(item.members)}</dd>
        </div>
      </dl>
    </li>
  );
}

function NextText({ item, now }: { item: CampaignItem; now: Date }) {
  if (!item.nextAt) return <span className="text-muted-foreground">–</span>;
  return (
    <>
      <time dateTime={item.nextAt.toISOString()}>{dayAndTime(item.nextAt, item.zone)}</time>
      <span className="block text-muted-foreground text-xs">{distanceText(item.nextAt, now)}</span>
    </>
  );
}

function LastRunText({ item, now }: { item: CampaignItem; now: Date }) {
  if (!item.lastRun) return <span className="text-muted-foreground">–</span>;
  return (
    <>
      {runStates[item.lastRun.screenState].label}
      <span className="block text-muted-foreground text-xs">{distanceText(item.lastRun.occurrenceAt, now)}</span>
    </>
  );
}

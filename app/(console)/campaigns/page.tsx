import { Megaphone, Plus, SearchX } from 'lucide-react';
import Link from 'next/link';
import { CampaignFilters } from '@/components/campaign/campaign-filters';
import { type CampaignItem, CampaignList } from '@/components/campaign/campaign-list';
import { type NamedSegment, whoSentence } from '@/components/campaign/who-sentence';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { type CampaignRow, listCampaigns } from '@/db/campaign-list';
import { commandsFor } from '@/db/campaign-states';
import { database } from '@/db/open';
import { listSegments } from '@/db/segments';
import { requireUser, roleAllows, type SignedIn } from '@/lib/auth';
import { screenState } from '@/lib/sync/run-state';
import { archive, clone, pause, resume, runCampaignNow, stop, undo } from './actions';

export const metadata = { title: 'Campaigns' };

type Query = { q?: string | string[]; state?: string | string[] };

export default async function CampaignsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const user = await requireUser();
  const query = await searchParams;
  const items = await campaignItems(user, query.state === 'archived');
  const shown = items.filter((item) => fits(item, query));
  const mayEdit = roleAllows(user.role, 'marketer');
  return (
    <div className="grid grid-cols-1 gap-5">
      <header className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="font-semibold text-2xl tracking-tight">Campaigns</h1>
        {mayEdit && items.length > 0 && (
          <Button asChild>
            <Link href="/campaigns/new">
              <Plus aria-hidden /> New campaign
            </Link>
          </Button>
        )}
      </header>
      {(items.length > 0 || query.state) && <CampaignFilters />}
      {shown.length > 0 && (
        <CampaignList
          items={shown}
          now={new Date()}
          mayEdit={mayEdit}
          actions={{ run: runCampaignNow, pause, resume, undo, stop, archive, clone }}
        />
      )}
      {shown.length === 0 && (items.length > 0 || query.state) && (
        <EmptyState icon={SearchX} title="No campaign fits" description="Change the search or the state to see more." />
      )}
      {items.length === 0 && !query.state && (
        <EmptyState
          icon={Megaphone}
          title="No campaign yet"
          description="A campaign keeps a Facebook audience equal to a group of your users: you say who, when and where."
          action={
            mayEdit && (
              <Button asChild>
                <Link href="/campaigns/new">
                  <Plus aria-hidden /> Make the first campaign
                </Link>
              </Button>
            )
          }
        />
      )}
    </div>
  );
}

async function campaignItems(user: SignedIn, archived: boolean): Promise<CampaignItem[]> {
  const db = database();
  const [rows, segments] = await Promise.all([listCampaigns(db, user.workspaceId, archived), listSegments(db, user.workspaceId)]);
  return rows.map((row) => itemOf(row, segments, user.workspace.zone));
}

function itemOf(row: CampaignRow, segments: NamedSegment[], workspaceZone: string): CampaignItem {
  const schedule = row.version?.schedule ?? row.draft.schedule;
  const { id, name, state, nextAt, lastRun } = row;
  return {
    id,
    name,
    state,
    sentence: whoSentence(row.draft, segments),
    nextAt,
    zone: schedule && 'zone' in schedule ? schedule.zone : workspaceZone,
    members: row.version ? row.members : null,
    lastRun: lastRun && { occurrenceAt: lastRun.occurrenceAt, screenState: screenState({ ...lastRun, deferred: 0 }) },
    commands: commandsFor(state),
  };
}

function fits(item: CampaignItem, { q, state }: Query): boolean {
  if (typeof state === 'string' && state && item.state !== state) return false;
  const words = typeof q === 'string' ? q.toLowerCase().split(/\s+/).filter(Boolean) : [];
  const text = `${item.name} ${item.sentence}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { type ReactNode, Suspense } from 'react';
import { EraseDialog } from '@/components/profile/erase-dialog';
import { identifierWords } from '@/components/profile/identifier-words';
import { type WhyEntry, WhyList } from '@/components/segment/why-list';
import { Badge } from '@/components/ui/badge';
import { PageHeader } from '@/components/ui/page-header';
import { Skeleton } from '@/components/ui/skeleton';
import { database } from '@/db/open';
import { segmentsOfProfile } from '@/db/profile-segments';
import { type ProfileDetail, profileDetail } from '@/db/profiles';
import { requireUser, roleAllows, type SignedIn } from '@/lib/auth';
import { erase } from '../actions';

export const metadata: Metadata = { title: 'Profile' };

export default async function ProfilePage({ params }: { params: Promise<{ id: string }> }) {
  const user = await requireUser();
  const profile = await profileDetail(database(), user.workspaceId, (await params).id);
  if (!profile) notFound();
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: user.workspace.zone, dateStyle: 'medium', timeStyle: 'short' });
  const seen = `First seen ${format.format(profile.firstSeen)}, last seen ${format.format(profile.lastSeen)}, ${user.workspace.zone}`;
  return (
    <>
      <PageHeader
        title={profile.name}
        description={seen}
        actions={roleAllows(user.role, 'owner') && <EraseDialog profileId={profile.profileId} name={profile.name} erase={erase} />}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[320px_minmax(0,1fr)]">
        <div className="grid gap-4">
          <Panel title="Identifiers">
            <p className="flex flex-wrap gap-1.5">
              {profile.has.length === 0 && (
                <span className="text-muted-foreground text-sm">None: Facebook cannot be told about this user.</span>
              )}
              {profile.has.map((name) => (
                <Badge key={name} variant="outline">
                  has {identifierWords[name]}
                </Badge>
              ))}
            </p>
          </Panel>
          <Panel title="Properties">
            <Properties profile={profile} />
          </Panel>
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <Panel title="Saved segments">
            <Suspense fallback={<Skeleton className="h-24" />}>
              <SavedSegments user={user} profileId={profile.profileId} />
            </Suspense>
          </Panel>
          <Panel title="Audiences">
            {profile.audiences.length === 0 && <p className="text-muted-foreground text-sm">In none.</p>}
            <WhyList entries={audienceEntries(profile, format)} profileId={profile.profileId} zone={user.workspace.zone} />
          </Panel>
          <Panel title="Timeline">
            <Timeline profile={profile} format={format} />
          </Panel>
        </div>
      </div>
    </>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rounded-2xl border bg-card p-4 shadow-xs">
      <h2 className="mb-3 font-semibold text-sm">{title}</h2>
      {children}
    </section>
  );
}

/** Those it is in, each with why; the others behind a lid, each with why not. */
async function SavedSegments({ user, profileId }: { user: SignedIn; profileId: string }) {
  const saved = await segmentsOfProfile(database(), user.workspaceId, profileId, new Date());
  const entries = (isIn: boolean) =>
    saved
      .filter((segment) => segment.isIn === isIn)
      .map(({ key, name }) => ({ id: key, title: name, href: `/segments/${key}`, who: { segment: key } }));
  const [inside, outside] = [entries(true), entries(false)];
  const { zone } = user.workspace;
  return (
    <>
      {inside.length === 0 && <p className="text-muted-foreground text-sm">{saved.length === 0 ? 'There is none yet.' : 'In none.'}</p>}
      <WhyList entries={inside} profileId={profileId} zone={zone} />
      {outside.length > 0 && (
        <details className="mt-3 border-t pt-3">
          <summary className="cursor-pointer text-muted-foreground text-sm">
            Not in {outside.length} other{outside.length > 1 && 's'}
          </summary>
          <div className="mt-2">
            <WhyList entries={outside} profileId={profileId} zone={zone} />
          </div>
        </details>
      )}
    </>
  );
}

const audienceEntries = (profile: ProfileDetail, format: Intl.DateTimeFormat): WhyEntry[] =>
  profile.audiences.map(({ campaignId, audienceName, state, since, segment, definition }) => ({
    id: campaignId,
    title: audienceName,
    href: `/campaigns/${campaignId}`,
    note: state === 'in' ? `since ${format.format(since)}` : state,
    who: segment ? { segment } : definition ? { definition } : null,
  }));

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function Properties({ profile }: { profile: ProfileDetail }) {
  const { country, city, language, platform } = profile;
  const own = Object.entries(profile.properties);
  const builtIn = Object.entries({ country, city, language, platform }).filter(([, value]) => value !== null);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
      {[...builtIn, ...own].map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted-foreground">{name}</dt>
          <dd className="truncate text-right" title={shown(value)}>
            {shown(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Timeline({ profile, format }: { profile: ProfileDetail; format: Intl.DateTimeFormat }) {
  if (profile.timeline.length === 0) return <p className="text-muted-foreground text-sm">No event yet.</p>;
  return (
    <ol className="grid gap-3">
      {profile.timeline.map((event, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events have no id of their own, and the list does not change in place
        <li key={i} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 border-border border-l-2 pl-3 text-sm">
          <time dateTime={event.time.toISOString()} className="text-muted-foreground text-xs tabular-nums leading-5">
            {format.format(event.time)}
          </time>
          <span className="font-medium">{event.name}</span>
          <span className="col-start-2 truncate text-muted-foreground text-xs">
            {Object.entries(event.properties)
              .map(([name, value]) => `${name}: ${shown(value)}`)
              .join(' · ')}
          </span>
        </li>
      ))}
    </ol>
  );
}

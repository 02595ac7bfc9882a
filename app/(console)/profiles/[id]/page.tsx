import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { identifierWords } from '@/components/profile/identifier-words';
import { Badge } from '@/components/ui/badge';
import { PageHeader } from '@/components/ui/page-header';
import { database } from '@/db/open';
import { type ProfileDetail, profileDetail } from '@/db/profiles';
import { requireUser } from '@/lib/auth';

export const metadata: Metadata = { title: 'Profile' };

export default async function ProfilePage({ params }: { params: Promise<{ id: string }> }) {
  const user = await requireUser();
  const profile = await profileDetail(database(), user.workspaceId, (await params).id);
  if (!profile) notFound();
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: user.workspace.zone, dateStyle: 'medium', timeStyle: 'short' });
  const seen = `First seen ${format.format(profile.firstSeen)}, last seen ${format.format(profile.lastSeen)}, ${user.workspace.zone}`;
  return (
    <>
      <PageHeader title={profile.name} description={seen} />
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
          <Panel title="Audiences">
            {profile.audiences.length === 0 && <p className="text-muted-foreground text-sm">In none.</p>}
            <ul className="grid gap-2 text-sm">
              {profile.audiences.map((audience) => (
                <li key={audience.campaignId} className="flex justify-between gap-2">
                  <Link className="truncate text-primary hover:underline" href={`/campaigns/${audience.campaignId}`}>
                    {audience.audienceName}
                  </Link>
                  <span className="text-muted-foreground text-xs">
                    {audience.state === 'in' ? `since ${format.format(audience.since)}` : audience.state}
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
        <Panel title="Timeline">
          <Timeline profile={profile} format={format} />
        </Panel>
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

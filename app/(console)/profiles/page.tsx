import { Search, UserSearch } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { identifierWords } from '@/components/profile/identifier-words';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Input } from '@/components/ui/input';
import { PageHeader } from '@/components/ui/page-header';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { database } from '@/db/open';
import { type ProfileSummary, searchProfiles } from '@/db/profiles';
import { requireUser } from '@/lib/auth';
import { reachingIdentifiers } from '@/lib/identity/identifiers';
import { find } from './actions';

export const metadata: Metadata = { title: 'Profiles' };

type Props = { searchParams: Promise<{ id?: string; missed?: string }> };

export default async function Profiles({ searchParams }: Props) {
  const user = await requireUser();
  const { id, missed } = await searchParams;
  const profiles = missed ? [] : await searchProfiles(database(), user.workspaceId, id ?? '');
  return (
    <>
      <PageHeader
        title="Profiles"
        description="Search by the beginning of an id, or by a whole email or phone number: those are hashed before the look-up and kept nowhere."
      />
      {/* Posted, so that an email never becomes part of an address. */}
      <form action={find} className="mb-4 flex max-w-md gap-2">
        <Input name="text" defaultValue={id} placeholder="Id, email or phone…" aria-label="Search profiles" autoComplete="off" />
        <Button type="submit" variant="outline">
          <Search aria-hidden /> Search
        </Button>
      </form>
      {profiles.length === 0 ? (
        <EmptyState
          icon={UserSearch}
          title={id || missed ? 'Nobody fits' : 'No profile yet'}
          description={
            id || missed
              ? 'Ids are searched from their beginning; emails and phones must be whole.'
              : 'Profiles come with the first events.'
          }
        />
      ) : (
        <ProfileTable profiles={profiles} zone={user.workspace.zone} />
      )}
    </>
  );
}

function ProfileTable({ profiles, zone }: { profiles: ProfileSummary[]; zone: string }) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <div className="rounded-2xl border bg-card shadow-xs">
      <Table>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead>Profile</TableHead>
            <TableHead>Country</TableHead>
            <TableHead>Has</TableHead>
            <TableHead>Last seen</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {profiles.map((profile) => (
            <TableRow key={profile.profileId}>
              <TableCell>
                <Link className="font-medium hover:underline" href={`/profiles/${profile.profileId}`}>
                  {profile.name}
                </Link>
                {profile.anonymous && <span className="ml-2 text-muted-foreground text-xs">anonymous</span>}
              </TableCell>
              <TableCell>{profile.country ?? '–'}</TableCell>
              <TableCell>
                <span className="flex flex-wrap gap-1">
                  {reachingIdentifiers
                    .filter((name) => profile.has.includes(name))
                    .map((name) => (
                      <Badge key={name} variant="outline">
                        {identifierWords[name]}
                      </Badge>
                    ))}
                </span>
              </TableCell>
              <TableCell className="whitespace-nowrap text-muted-foreground tabular-nums">{format.format(profile.lastSeen)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

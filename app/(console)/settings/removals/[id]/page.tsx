import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { PanelCard } from '@/components/campaign/panel-card';
import { counted, dayAndTime } from '@/components/campaign/zoned-text';
import { askedBy, receiptKinds, receiptState, removalState } from '@/components/profile/receipt-words';
import { LiveRefresh } from '@/components/run/live-refresh';
import { Badge } from '@/components/ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { database } from '@/db/open';
import { type Receipt, receiptById } from '@/db/removals';
import { requireUser } from '@/lib/auth';
import { AppError } from '@/lib/errors';

export const metadata = { title: 'Receipt' };

export default async function ReceiptPage({ params }: { params: Promise<{ id: string }> }) {
  const user = await requireUser();
  const receipt = await receiptById(database(), user.workspaceId, (await params).id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
  const { zone } = user.workspace;
  const state = receiptState(receipt);
  return (
    <div className="grid gap-4">
      <LiveRefresh moving={receipt.finishedAt === null} />
      <Link href="/settings/removals" className="flex w-fit items-center gap-1 text-muted-foreground text-sm hover:text-foreground">
        <ChevronLeft className="size-4" aria-hidden /> Removals
      </Link>
      <PanelCard title={receiptKinds[receipt.kind]} line={`Receipt ${receipt.id}`}>
        <dl className="grid gap-x-6 gap-y-4 text-sm sm:grid-cols-2">
          <Fact label="State">
            <Badge tone={state.tone}>{state.label}</Badge>
          </Fact>
          <Fact label="Finished">{receipt.finishedAt ? dayAndTime(receipt.finishedAt, zone) : 'not yet'}</Fact>
          <Fact label="Asked">
            {dayAndTime(receipt.requestedAt, zone)} by {askedBy(receipt)}
          </Fact>
          <Fact label={receipt.kind === 'erasure' ? 'Deleted here' : 'Profile'}>
            {receipt.kind === 'erasure' ? (
              `the profile and ${counted(receipt.events ?? 0, 'event')}`
            ) : (
              <Link href={`/profiles/${receipt.profileId}`} className="underline underline-offset-2">
                Open the profile
              </Link>
            )}
          </Fact>
        </dl>
      </PanelCard>
      <Removals receipt={receipt} zone={zone} />
    </div>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-muted-foreground">{label}</dt>
      <dd className="mt-1">{children}</dd>
    </div>
  );
}

function Removals({ receipt: { removals }, zone }: { receipt: Receipt; zone: string }) {
  return (
    <PanelCard title="Audiences" line="Those it was in when it was asked. Removed: Facebook has answered." flush={removals.length > 0}>
      {removals.length === 0 ? (
        <p className="text-muted-foreground text-sm">It was in none.</p>
      ) : (
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Audience</TableHead>
              <TableHead>State</TableHead>
              <TableHead>At</TableHead>
              <TableHead className="max-sm:hidden">Trace id</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {removals.map((removal) => (
              <TableRow key={removal.campaignId}>
                <TableCell>
                  <Link href={`/campaigns/${removal.campaignId}`} className="font-medium hover:underline">
                    {removal.audience}
                  </Link>
                  {removal.waitsFor && <span className="block text-muted-foreground text-xs">{removal.waitsFor}</span>}
                </TableCell>
                <TableCell>
                  <Badge tone={removalState(removal).tone}>{removalState(removal).label}</Badge>
                </TableCell>
                <TableCell className="whitespace-nowrap">{removal.at ? dayAndTime(removal.at, zone) : '–'}</TableCell>
                <TableCell className="font-mono text-xs max-sm:hidden">{removal.traceId ?? '–'}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </PanelCard>
  );
}

import Link from 'next/link';
import { PanelCard } from '@/components/campaign/panel-card';
import { dayAndTime } from '@/components/campaign/zoned-text';
import { askedBy, receiptKinds, receiptState, removedText } from '@/components/profile/receipt-words';
import { LiveRefresh } from '@/components/run/live-refresh';
import { Badge } from '@/components/ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { database } from '@/db/open';
import { listReceipts, type Receipt } from '@/db/removals';
import { requireUser } from '@/lib/auth';

export const metadata = { title: 'Removals' };

export default async function RemovalsPage() {
  const user = await requireUser();
  const receipts = await listReceipts(database(), user.workspaceId);
  return (
    <PanelCard
      title="Removals"
      line="Receipts of people who were erased or have withdrawn consent: when it was asked, and when each audience was left. The newest 200."
      flush={receipts.length > 0}
    >
      <LiveRefresh moving={receipts.some(({ finishedAt }) => finishedAt === null)} everyMs={5_000} />
      {receipts.length > 0 ? (
        <ReceiptTable receipts={receipts} zone={user.workspace.zone} />
      ) : (
        <p className="text-muted-foreground text-sm">
          Nobody yet. A user is erased on their page under Profiles, or by the automation API.
        </p>
      )}
    </PanelCard>
  );
}

function ReceiptTable({ receipts, zone }: { receipts: Receipt[]; zone: string }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Asked</TableHead>
          <TableHead>Kind</TableHead>
          <TableHead className="max-sm:hidden">By</TableHead>
          <TableHead className="max-sm:hidden">Left</TableHead>
          <TableHead>State</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {receipts.map((receipt) => (
          <TableRow key={receipt.id} className="relative">
            <TableCell>
              <Link href={`/settings/removals/${receipt.id}`} className="font-medium after:absolute after:inset-0">
                {dayAndTime(receipt.requestedAt, zone)}
              </Link>
            </TableCell>
            <TableCell>{receiptKinds[receipt.kind]}</TableCell>
            <TableCell className="text-muted-foreground max-sm:hidden">{askedBy(receipt)}</TableCell>
            <TableCell className="tabular-nums max-sm:hidden">{removedText(receipt)}</TableCell>
            <TableCell>
              <Badge tone={receiptState(receipt).tone}>{receiptState(receipt).label}</Badge>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Mark } from '@/components/shell/mark';
import { type DeletionReceipt, deletionReceipt } from '@/db/facebook-person';
import { database } from '@/db/open';

export const metadata: Metadata = { title: 'Deletion of your data', robots: { index: false } };
export const dynamic = 'force-dynamic';

/** What became of a request for deletion; public, for the person has no sign-in any more. */
export default async function DataDeletion({ params }: { params: Promise<{ code: string }> }) {
  const receipt = await deletionReceipt(database(), (await params).code);
  if (!receipt) notFound();
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-12">
      <div className="grid w-full max-w-md gap-4">
        <Mark className="size-11" />
        <h1 className="mt-2 font-semibold text-2xl tracking-tight">Your data was deleted</h1>
        <p className="text-sm">{whatWasDone(receipt)}</p>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-lg border bg-card p-4 text-sm">
          <dt className="text-muted-foreground">Requested</dt>
          <dd>{instantText(receipt.requestedAt)}</dd>
          <dt className="text-muted-foreground">Finished</dt>
          <dd>{instantText(receipt.finishedAt)}</dd>
          <dt className="text-muted-foreground">Confirmation code</dt>
          <dd className="break-all font-mono text-xs leading-5">{receipt.code}</dd>
        </dl>
        <p className="text-muted-foreground text-sm">This receipt is all that is kept, and it does not say who you are.</p>
      </div>
    </main>
  );
}

function whatWasDone({ users, connections }: DeletionReceipt): string {
  if (users + connections === 0)
    return 'Nothing that Facebook told this installation of Beckon about you was found, so there was nothing to delete.';
  const access = connections > 0 ? ', and the access you had given to your ad accounts' : '';
  return `What Facebook had told this installation of Beckon about you is gone: your name, e-mail address and picture${access}. You were signed out.`;
}

const instantText = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

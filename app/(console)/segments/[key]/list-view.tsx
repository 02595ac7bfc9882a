import { Download } from 'lucide-react';
import { counted, dayAndTime, numberText } from '@/components/campaign/zoned-text';
import { ListName } from '@/components/segment/list-name';
import { ListUpload } from '@/components/segment/list-upload';
import { identifierWords } from '@/components/segment/list-words';
import { UsageList } from '@/components/segment/usage-list';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { type ListFacts, listFacts } from '@/db/lists';
import { database } from '@/db/open';
import { segmentUsage } from '@/db/segment-usage';
import type { Segment } from '@/db/segments';
import { roleAllows, type SignedIn } from '@/lib/auth';
import { preview, rename } from '../list-actions';

/** A list segment: what it holds, who uses it, and a new file in its place. */
export async function ListView({ segment: { key, name }, user }: { segment: Segment; user: SignedIn }) {
  const db = database();
  const [facts, usage] = await Promise.all([listFacts(db, user.workspaceId, key), segmentUsage(db.orm, user.workspaceId)]);
  const used = usage.get(key);
  const mayEdit = roleAllows(user.role, 'marketer');
  return (
    <>
      <PageHeader title={mayEdit ? <ListName listKey={key} name={name} rename={rename} /> : name} description={`Key for the API: ${key}`} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <Facts facts={facts} zone={user.workspace.zone} listKey={key} />
        {used && (
          <section className="grid max-w-xl gap-2">
            <h2 className="font-semibold">Used by</h2>
            <UsageList usage={used} />
          </section>
        )}
        {mayEdit && (
          <section className="grid grid-cols-[minmax(0,1fr)] gap-3">
            <h2 className="font-semibold">Replace it with another file</h2>
            <p className="max-w-2xl text-muted-foreground text-sm">
              The new file takes the place of the old one once all of it was read; what uses the list counts with it from then on. A file
              that breaks off changes nothing.
            </p>
            <ListUpload replaced={{ key }} preview={preview} />
          </section>
        )}
      </div>
    </>
  );
}

function Facts({ facts, zone, listKey }: { facts: ListFacts; zone: string; listKey: string }) {
  const { label } = identifierWords[facts.identifier];
  return (
    <section aria-label="What it holds" className="grid gap-3">
      <dl className="grid max-w-4xl grid-cols-2 gap-px overflow-hidden rounded-2xl border bg-border sm:grid-cols-4">
        {[
          { title: 'Users in it today', value: facts.profiles },
          { title: `${label} given`, value: facts.kept },
          { title: 'Twice in the file', value: facts.duplicates },
          { title: 'Rejected rows', value: facts.rejected },
        ].map(({ title, value }) => (
          <div key={title} className="bg-card p-4">
            <dt className="text-muted-foreground text-xs">{title}</dt>
            <dd className="mt-1 font-semibold text-2xl tabular-nums">{numberText(value)}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-muted-foreground text-sm">
        <p>
          From a file of {counted(facts.rows, 'row')}, uploaded {dayAndTime(facts.uploadedAt, zone)}. {label} that nobody has yet count when
          somebody does.
        </p>
        {facts.rejected > 0 && (
          <Button asChild variant="outline" size="sm">
            <a href={`/api/segments/${listKey}/list/rejects`} download>
              <Download aria-hidden /> Rejected rows (CSV)
            </a>
          </Button>
        )}
      </div>
    </section>
  );
}

'use client';

import { CircleCheck, Download } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { counted, numberText } from '@/components/campaign/zoned-text';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { identifierWords } from './list-words';
import { rejectFile } from './reject-file';
import type { ListAnswer } from './send-list';

type Props = { listKey: string; answer: ListAnswer; file: File; isNew: boolean; again: () => void };

/** What became of an uploaded file, in numbers. */
export function ListResult({ listKey, answer, file, isNew, again }: Props) {
  const { noun } = identifierWords[answer.identifier];
  const figures = [
    { label: 'Rows read', value: answer.rows },
    { label: 'Known users', value: answer.known, hint: `${noun}s that somebody has` },
    { label: 'Not known yet', value: answer.unknown, hint: 'kept: they count when the user comes' },
    { label: 'Twice in the file', value: answer.duplicates, hint: 'counted once' },
    { label: 'Rejected', value: answer.rejected, hint: answer.rejected > 0 ? 'not in the list' : undefined },
  ];
  return (
    <section aria-label="Result" className="grid max-w-4xl gap-5">
      <p role="status" className="flex items-center gap-2 font-medium">
        <CircleCheck aria-hidden className="size-5 text-success" />
        {isNew ? 'The list is made' : 'The list is replaced'}: {counted(answer.kept, noun)}.
      </p>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-2xl border bg-border sm:grid-cols-5">
        {figures.map(({ label, value, hint }) => (
          <div key={label} className="bg-card p-4 max-sm:last:col-span-2">
            <dt className="text-muted-foreground text-xs">{label}</dt>
            <dd className="mt-1 font-semibold text-xl tabular-nums">{numberText(value)}</dd>
            {hint && <dd className="text-balance text-muted-foreground text-xs">{hint}</dd>}
          </div>
        ))}
      </dl>
      {answer.rejected > 0 && <RejectsButton listKey={listKey} file={file} rejected={answer.rejected} />}
      <div className="flex flex-wrap gap-2">
        {isNew ? (
          <>
            <Button asChild>
              <Link href={`/segments/${listKey}`}>Open the list</Link>
            </Button>
            <Button asChild variant="ghost">
              <Link href="/segments">Back to the list of segments</Link>
            </Button>
          </>
        ) : (
          <Button variant="outline" onClick={again}>
            Replace it again
          </Button>
        )}
      </div>
    </section>
  );
}

function RejectsButton({ listKey, file, rejected }: { listKey: string; file: File; rejected: number }) {
  const [fault, setFault] = useState<string>();
  const download = async () => {
    try {
      const address = URL.createObjectURL(await rejectFile(file, listKey));
      const link = Object.assign(document.createElement('a'), { href: address, download: `${listKey}-rejects.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      setFault(error instanceof Error ? error.message : 'The rejected rows could not be read.');
    }
  };
  return (
    <div className="grid justify-items-start gap-1.5">
      <Button variant="outline" onClick={() => void download()}>
        <Download aria-hidden /> {counted(rejected, 'rejected row')} with reasons (CSV)
      </Button>
      <p className="text-muted-foreground text-xs">Made in this browser from your file: Beckon keeps line numbers and reasons only.</p>
      <FieldError>{fault}</FieldError>
    </div>
  );
}

'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field, FieldError } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { ListPreview as Preview } from '@/lib/intake/list-csv';
import { ListDrop } from './list-drop';
import { type Choice, ListPreview } from './list-preview';
import { ListProgress } from './list-progress';
import { ListResult } from './list-result';
import { identifierWords } from './list-words';
import { type ListAnswer, type SendProgress, sendList } from './send-list';
import { slugOf } from './slug';

type Answer<T> = { ok: true; data: T } | { ok: false; message: string; field?: string };
export type PreviewList = (asked: Choice & { head: string }) => Promise<Answer<Preview>>;

type Props = {
  /** The list that is replaced; without one a new list is made. */
  replaced?: { key: string };
  preview: PreviewList;
};

/** Of a file, for the preview: enough for its first rows. */
const headBytes = 48 * 1024;

type Sending = { progress: SendProgress; abort: () => void };
type Done = { listKey: string; answer: ListAnswer; file: File };

/** A file picked, its column checked on the first rows, sent as it is, and what became of it. */
export function ListUpload({ replaced, preview }: Props) {
  const router = useRouter();
  const [name, setName] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [seen, setSeen] = useState<Preview>();
  const [fault, setFault] = useState<{ message: string; field?: string }>();
  const [sending, setSending] = useState<Sending>();
  const [done, setDone] = useState<Done>();
  const asked = useRef(0);

  const look = async (chosen: File, choice: Choice = {}) => {
    asked.current += 1;
    const turn = asked.current;
    const answer = await preview({ head: await chosen.slice(0, headBytes).text(), ...choice });
    // An answer to an earlier question comes too late.
    if (turn !== asked.current) return;
    setFault(answer.ok ? undefined : answer);
    setSeen(answer.ok ? answer.data : undefined);
  };
  const take = (chosen: File) => {
    setFile(chosen);
    setSeen(undefined);
    setDone(undefined);
    if (!name) setName(chosen.name.replace(/\.[a-z]+$/i, '').replace(/[_-]+/g, ' '));
    void look(chosen);
  };
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    const { chosen, header } = seen ?? {};
    if (!replaced && name.trim() === '') return setFault({ message: 'Name the list.', field: 'name' });
    if (!file || !chosen) return setFault({ message: 'Choose the column that counts.' });
    setFault(undefined);
    const key = replaced?.key ?? slugOf(name);
    const named: Record<string, string> = replaced ? {} : { name: name.trim(), new: 'true' };
    const query = { ...named, place: String(chosen.index + 1), identifier: chosen.identifier, header: String(header) };
    const { answer, abort } = sendList(file, key, query, (progress) => setSending({ progress: { ...progress }, abort }));
    setSending({ progress: { sent: 0, bytes: file.size, rows: null }, abort });
    const sent = await answer;
    setSending(undefined);
    if (!sent.ok) return setFault(sent);
    setDone({ listKey: key, answer: sent.data, file });
    router.refresh();
  };

  if (done) return <ListResult {...done} isNew={!replaced} again={() => setDone(undefined)} />;
  const busy = sending !== undefined;
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-5">
      {!replaced && (
        <Field label="Name" htmlFor="list-name" error={fault?.field === 'name' ? fault.message : undefined} className="max-w-md">
          <Input
            id="list-name"
            maxLength={120}
            autoComplete="off"
            disabled={busy}
            aria-invalid={fault?.field === 'name' || undefined}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
      )}
      <ListDrop file={file} disabled={busy} onFile={take} />
      {file && seen && <ListPreview preview={seen} disabled={busy} onChoice={(choice) => void look(file, choice)} />}
      {seen?.chosen && seen.chosen.identifier !== 'userId' && (
        <p className="text-muted-foreground text-sm">
          {identifierWords[seen.chosen.identifier].label} are normalized and kept as SHA-256 digests alone, never as they are.
        </p>
      )}
      {fault && fault.field !== 'name' && <FieldError>{fault.message}</FieldError>}
      {sending && <ListProgress {...sending} />}
      <div className="flex gap-2">
        <Button type="submit" disabled={busy || !seen}>
          {replaced ? 'Replace the list' : 'Make the list'}
        </Button>
        {!replaced && (
          <Button asChild variant="ghost">
            <Link href="/segments">Back to the list</Link>
          </Button>
        )}
      </div>
    </form>
  );
}

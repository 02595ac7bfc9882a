'use client';

import { CircleAlert } from 'lucide-react';
import { useId } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { ListIdentifier, ListPreview as Preview } from '@/lib/intake/list-csv';
import { identifierWords } from './list-words';

/** `place`: of the column, from 1. By name it would stand in the address, and a file without headers has people's ids there. */
export type Choice = { place?: number; identifier?: ListIdentifier; header?: boolean };

type Props = { preview: Preview; onChoice: (choice: Choice) => void; disabled: boolean };

/** What the file's first rows are read as, to be put right before all of it is sent. */
export function ListPreview({ preview, onChoice, disabled }: Props) {
  const id = useId();
  const { chosen, header, columns } = preview;
  const put = (change: Choice) =>
    onChoice({ header, place: chosen ? chosen.index + 1 : undefined, identifier: chosen?.identifier, ...change });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
        <Field label="Column" htmlFor={`${id}-column`} className="min-w-40">
          <Select
            id={`${id}-column`}
            disabled={disabled}
            value={chosen ? String(chosen.index) : ''}
            onChange={(event) => {
              const index = Number(event.target.value);
              put({ place: index + 1, identifier: columns[index]?.identifier ?? 'userId' });
            }}
          >
            {!chosen && <option value="">Choose…</option>}
            {columns.map(({ name }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are told apart by their place alone
              <option key={index} value={index}>
                {name || `Column ${index + 1}`}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="It holds" htmlFor={`${id}-holds`} className="min-w-40">
          <Select
            id={`${id}-holds`}
            disabled={disabled || !chosen}
            value={chosen?.identifier ?? ''}
            onChange={(event) => put({ identifier: event.target.value as ListIdentifier })}
          >
            {!chosen && <option value="">–</option>}
            {Object.entries(identifierWords).map(([identifier, words]) => (
              <option key={identifier} value={identifier}>
                {words.label}
              </option>
            ))}
          </Select>
        </Field>
        <label htmlFor={`${id}-header`} className="flex h-9 items-center gap-2 text-sm">
          <Checkbox
            id={`${id}-header`}
            disabled={disabled}
            checked={header}
            onCheckedChange={(checked) => onChoice({ header: checked === true, identifier: chosen?.identifier })}
          />
          The first row is a header
        </label>
      </div>
      <FirstRows preview={preview} />
    </div>
  );
}

function FirstRows({ preview: { columns, chosen, rows } }: { preview: Preview }) {
  return (
    <div className="overflow-hidden rounded-2xl border bg-card">
      <Table>
        <caption className="sr-only">First rows of the file</caption>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            {columns.map(({ name }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are told apart by their place alone
              <TableHead key={i} className={cn(i === chosen?.index && 'bg-primary/8 text-foreground')}>
                {name || `Column ${i + 1}`}
              </TableHead>
            ))}
            <TableHead>What is wrong</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map(({ cells, reason }, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by their place alone
            <TableRow key={row}>
              {columns.map((_, i) => (
                <TableCell
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns are told apart by their place alone
                  key={i}
                  className={cn('max-w-56 truncate', i === chosen?.index ? 'bg-primary/4 font-medium' : 'text-muted-foreground')}
                >
                  {cells[i] ?? ''}
                </TableCell>
              ))}
              <TableCell className="min-w-40 text-sm">
                {reason ? (
                  <span className="flex items-start gap-1.5 text-destructive">
                    <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" /> {reason}
                  </span>
                ) : (
                  <span className="text-muted-foreground">–</span>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

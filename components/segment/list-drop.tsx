'use client';

import { FileSpreadsheet, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { FieldError } from '@/components/ui/field';

type Props = { file: File | null; disabled: boolean; onFile: (file: File) => void };

const faultOf = (file: File): string | undefined => {
  if (/\.(xlsx?|numbers|ods)$/i.test(file.name)) return 'This is a spreadsheet. Save it as CSV first, then drop that here.';
  if (file.size === 0) return 'The file is empty.';
  return undefined;
};

/** A file dropped, or picked by click or keyboard. */
export function ListDrop({ file, disabled, onFile }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<string>();
  const take = (chosen: File | undefined) => {
    if (!chosen) return;
    const found = faultOf(chosen);
    setFault(found);
    if (!found) onFile(chosen);
  };
  const Icon = file ? FileSpreadsheet : Upload;
  return (
    <div className="grid gap-1.5">
      <button
        type="button"
        disabled={disabled}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          if (!disabled) take(event.dataTransfer.files[0]);
        }}
        className={cn(
          'flex items-center gap-4 rounded-2xl border border-dashed bg-card px-5 py-6 text-left outline-none transition-colors focus-visible:ring-[3px] focus-visible:ring-ring/40 enabled:hover:border-foreground/30 disabled:opacity-60',
          over && 'border-primary bg-primary/5',
        )}
      >
        <span className="grid size-11 shrink-0 place-items-center rounded-xl bg-primary/8 text-primary">
          <Icon aria-hidden className="size-5" />
        </span>
        <span className="min-w-0">
          <span className="block truncate font-medium">{file ? file.name : 'Drop a CSV file here, or pick one'}</span>
          <span className="block text-muted-foreground text-sm">
            {file
              ? `${sizeText(file.size)} · drop or pick another to change it`
              : 'One column of user ids, emails or phone numbers. Any size.'}
          </span>
        </span>
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        aria-label="CSV file"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <FieldError>{fault}</FieldError>
    </div>
  );
}

/** "18.4 MB" */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

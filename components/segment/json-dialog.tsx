'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog';
import { FieldError } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';
import type { Definition } from '@/lib/segment/definition';
import { describe, type SegmentNames } from '@/lib/segment/describe';
import { copyText } from './clipboard';
import { readDefinition } from './json-reading';

type Props = {
  /** What it opens with; null while it is closed. */
  text: string | null;
  segmentNames: SegmentNames;
  close: () => void;
  use: (definition: Definition) => void;
};

/** The definition as text: to copy, to paste one from elsewhere, with what is wrong in it and where. */
export function JsonDialog({ text, segmentNames, close, use }: Props) {
  return (
    <Dialog open={text !== null} onOpenChange={(open) => !open && close()}>
      <DialogContent className="max-w-2xl">
        <DialogHeader>
          <DialogTitle>Definition as JSON</DialogTitle>
          <DialogDescription>
            The same language that the API takes. What you use replaces the conditions; undo brings them back.
          </DialogDescription>
        </DialogHeader>
        {text !== null && <JsonForm begin={text} segmentNames={segmentNames} close={close} use={use} />}
      </DialogContent>
    </Dialog>
  );
}

function JsonForm({ begin, segmentNames, close, use }: Omit<Props, 'text'> & { begin: string }) {
  const [text, setText] = useState(begin);
  const reading = text.trim() === '' ? null : readDefinition(text);
  const copy = async () => {
    if (await copyText(text)) toast.success('Copied.');
    else toast.error('The browser does not let Beckon copy here: select the text and copy it.');
  };
  return (
    <>
      <Textarea
        aria-label="JSON"
        aria-invalid={reading?.ok === false || undefined}
        aria-describedby="json-reading"
        spellCheck={false}
        autoComplete="off"
        placeholder='{ "all": [ { "did": "Added to Cart", "within": { "last": { "days": 7 } } } ] }'
        className="h-72 resize-y font-mono text-[13px] leading-relaxed"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div id="json-reading" aria-live="polite" className="min-h-10 text-sm">
        {reading?.ok && <p className="line-clamp-3 text-muted-foreground">{describe(reading.definition, segmentNames)}</p>}
        {reading?.ok === false && (
          <FieldError>
            {reading.message}
            {reading.path && (
              <>
                {' '}
                At <code className="rounded bg-muted px-1 py-0.5 font-mono text-foreground text-xs">{reading.path}</code>
              </>
            )}
          </FieldError>
        )}
      </div>
      <DialogFooter>
        <Button variant="ghost" className="sm:mr-auto" disabled={text.trim() === ''} onClick={() => void copy()}>
          Copy
        </Button>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button
          disabled={!reading?.ok}
          onClick={() => {
            if (reading?.ok) use(reading.definition);
            close();
          }}
        >
          Use this definition
        </Button>
      </DialogFooter>
    </>
  );
}

'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';

/** A text to take away, with a button that copies it. Where the browser forbids that, it can still be selected. */
export function CopyBox({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setCopied(done);
    if (done) setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <div className="relative rounded-lg border bg-muted/50">
      <textarea
        aria-label={label}
        readOnly
        rows={text.split('\n').length}
        wrap="off"
        spellCheck={false}
        className="block w-full resize-none overflow-x-auto bg-transparent p-3 pr-24 font-mono text-xs leading-relaxed focus-visible:outline-2 focus-visible:outline-ring"
        value={text}
      />
      <Button type="button" variant="outline" size="sm" className="absolute top-2 right-2" onClick={() => void copy()}>
        {copied ? <Check aria-hidden /> : <Copy aria-hidden />} {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}

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
      <pre
        aria-label={label}
        className="overflow-x-auto whitespace-pre p-3 pr-24 font-mono text-xs leading-relaxed [scrollbar-width:thin]"
        tabIndex={0}
      >
        {text}
      </pre>
      <Button type="button" variant="outline" size="sm" className="absolute top-2 right-2" onClick={() => void copy()}>
        {copied ? <Check aria-hidden /> : <Copy aria-hidden />} {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}

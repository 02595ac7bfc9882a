'use client';

import { counted } from '@/components/campaign/zoned-text';
import { Button } from '@/components/ui/button';
import { Progress } from '@/components/ui/progress';
import { sizeText } from './list-drop';
import type { SendProgress } from './send-list';

/** How much of the file is sent, and how many rows of it are stored. */
export function ListProgress({ progress: { sent, bytes, rows }, abort }: { progress: SendProgress; abort: () => void }) {
  const whole = sent >= bytes;
  const text = whole ? 'All sent; the last rows are being stored.' : `${sizeText(sent)} of ${sizeText(bytes)} sent.`;
  return (
    <section aria-label="Upload" className="grid gap-2 rounded-2xl border bg-card p-4">
      <Progress label="Upload" share={whole ? null : sent / Math.max(1, bytes)} />
      <div className="flex items-center justify-between gap-3 text-sm">
        <p className="tabular-nums" aria-live="polite">
          {text} {rows !== null && <span className="text-muted-foreground">{counted(rows, 'row')} stored so far.</span>}
        </p>
        <Button variant="ghost" size="sm" onClick={abort}>
          Stop
        </Button>
      </div>
    </section>
  );
}

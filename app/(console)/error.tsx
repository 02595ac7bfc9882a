'use client';

import { TriangleAlert } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** What went wrong is in the server's log; the digest finds it there. */
export default function ConsoleError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <EmptyState
      icon={TriangleAlert}
      title="This page could not be shown"
      description={<>Something went wrong on our side; nothing was lost. {error.digest && <>For the log: {error.digest}</>}</>}
      action={<Button onClick={reset}>Try again</Button>}
    />
  );
}

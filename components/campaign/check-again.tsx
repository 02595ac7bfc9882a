'use client';

import { RotateCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Button } from '@/components/ui/button';

/** Reads the page again. */
export function CheckAgain() {
  const router = useRouter();
  const [busy, start] = useTransition();
  return (
    <Button type="button" variant="ghost" size="sm" onClick={() => start(() => router.refresh())} disabled={busy}>
      <RotateCw className={busy ? 'animate-spin' : undefined} aria-hidden /> Check again
    </Button>
  );
}

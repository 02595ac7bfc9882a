'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** Reads the page again every `everyMs` while it is looked at; stops as soon as the page says that nothing moves. */
export function LiveRefresh({ moving, everyMs = 1_000 }: { moving: boolean; everyMs?: number }) {
  const router = useRouter();
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [moving, everyMs, router]);
  return null;
}

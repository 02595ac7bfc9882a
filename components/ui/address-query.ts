'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useRef, useTransition } from 'react';

/** Choices kept in the address: a filtered list can be reloaded, bookmarked and sent. An empty choice is left out. */
export function useAddressQuery(): { chosen: (name: string) => string; choose: (name: string, value: string) => void } {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [, start] = useTransition();
  // What was asked for last: the page answers a moment later, and a second choice may be made meanwhile.
  const asked = useRef(params.toString());
  useEffect(() => {
    asked.current = params.toString();
  }, [params]);
  const choose = (name: string, value: string) => {
    const next = new URLSearchParams(asked.current);
    if (value) next.set(name, value);
    else next.delete(name);
    asked.current = next.toString();
    start(() => router.replace(next.size ? `${path}?${next}` : path, { scroll: false }));
  };
  return { chosen: (name) => params.get(name) ?? '', choose };
}

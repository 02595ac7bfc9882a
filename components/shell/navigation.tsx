'use client';

import { Activity, Cable, type LucideIcon, Megaphone, Settings, UserSearch, UsersRound } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';

const places: { href: string; label: string; icon: LucideIcon }[] = [
  { href: '/campaigns', label: 'Campaigns', icon: Megaphone },
  { href: '/segments', label: 'Segments', icon: UsersRound },
  { href: '/events', label: 'Events', icon: Activity },
  { href: '/profiles', label: 'Profiles', icon: UserSearch },
  { href: '/sources', label: 'Sources', icon: Cable },
  { href: '/settings', label: 'Settings', icon: Settings },
];

/** A column beside the page on wide screens, a bar below it on phones. */
export function Navigation() {
  const path = usePathname();
  return (
    <nav aria-label="Main" className="flex justify-around gap-0.5 md:flex-col md:justify-start">
      {places.map(({ href, label, icon: Icon }) => {
        const here = path === href || path.startsWith(`${href}/`);
        return (
          <Link
            key={href}
            href={href}
            aria-current={here ? 'page' : undefined}
            className={cn(
              'flex flex-col items-center gap-1 rounded-lg px-2 py-1.5 text-[10px] text-muted-foreground outline-none transition-colors hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/40 md:flex-row md:gap-2.5 md:px-2.5 md:py-2 md:text-sm md:hover:bg-accent',
              here && 'font-medium text-foreground md:bg-accent',
            )}
          >
            <Icon aria-hidden className={cn('size-[18px] md:size-4', here && 'text-primary')} />
            {label}
          </Link>
        );
      })}
    </nav>
  );
}

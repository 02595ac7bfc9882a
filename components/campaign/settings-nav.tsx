'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';

const pages = [
  { href: '/settings', text: 'Workspace' },
  { href: '/settings/connections', text: 'Connections' },
  { href: '/settings/keys', text: 'API keys' },
  { href: '/settings/exclusions', text: 'Exclusions' },
  { href: '/settings/removals', text: 'Removals' },
  { href: '/settings/alerts', text: 'Alerts' },
];

const isAt = (path: string, href: string) => path === href || (href !== '/settings' && path.startsWith(`${href}/`));

export function SettingsNav() {
  const path = usePathname();
  return (
    <nav aria-label="Settings" className="flex gap-1 overflow-x-auto border-b">
      {pages.map(({ href, text }) => (
        <Link
          key={href}
          href={href}
          aria-current={isAt(path, href) ? 'page' : undefined}
          className={cn(
            '-mb-px whitespace-nowrap border-b-2 px-3 py-2 text-sm focus-visible:outline-2 focus-visible:outline-ring',
            isAt(path, href) ? 'border-primary font-medium' : 'border-transparent text-muted-foreground hover:text-foreground',
          )}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}

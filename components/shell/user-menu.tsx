'use client';

import { Check, LogOut, MonitorCog, Moon, Sun } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { useTheme } from 'next-themes';
import { useTransition } from 'react';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';

type Props = {
  name: string;
  image: string | null;
  workspaceId: number;
  workspaces: { id: number; name: string }[];
  chooseWorkspace: (id: number) => Promise<void>;
};

const themes = [
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'system', label: 'As the system', icon: MonitorCog },
];

export function UserMenu({ name, image, workspaceId, workspaces, chooseWorkspace }: Props) {
  const { theme, setTheme } = useTheme();
  const [, start] = useTransition();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex items-center gap-2.5 rounded-lg p-1.5 text-left text-sm outline-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/40 md:w-full">
        <Face name={name} image={image} />
        <span className="hidden min-w-0 flex-1 truncate md:block">{name}</span>
        <span className="sr-only">Menu</span>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="w-60">
        {workspaces.length > 1 && (
          <>
            <DropdownMenuLabel>Workspace</DropdownMenuLabel>
            {workspaces.map((each) => (
              <DropdownMenuItem key={each.id} onSelect={() => start(() => chooseWorkspace(each.id))}>
                <span className="truncate">{each.name}</span>
                {each.id === workspaceId && <Check aria-hidden className="ml-auto" />}
              </DropdownMenuItem>
            ))}
            <DropdownMenuSeparator />
          </>
        )}
        <DropdownMenuLabel>Appearance</DropdownMenuLabel>
        {themes.map(({ value, label, icon: Icon }) => (
          <DropdownMenuItem key={value} onSelect={() => setTheme(value)}>
            <Icon aria-hidden /> {label}
            {theme === value && <Check aria-hidden className="ml-auto" />}
          </DropdownMenuItem>
        ))}
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => void signOut({ callbackUrl: '/sign-in' })}>
          <LogOut aria-hidden /> Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function Face({ name, image }: { name: string; image: string | null }) {
  const initials = name
    .split(/\s+/)
    .map((part) => part[0])
    .slice(0, 2)
    .join('');
  return (
    <span className="relative grid size-8 shrink-0 place-items-center overflow-hidden rounded-full bg-primary/12 font-medium text-primary text-xs">
      {initials}
      {image && (
        <span
          role="presentation"
          className="absolute inset-0 bg-center bg-cover"
          style={{ backgroundImage: `url(${JSON.stringify(image)})` }}
        />
      )}
    </span>
  );
}

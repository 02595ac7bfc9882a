'use client';

import { Search, UserSearch, X } from 'lucide-react';
import { useState } from 'react';
import { askProfiles, type FoundProfile } from '@/components/campaign/ask';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { Chosen } from './why-dialog';

type Props = {
  disabled: boolean;
  onChoose: (chosen: Chosen) => void;
  /** Whose answers stand beside the conditions. */
  ticked?: string | undefined;
  onClear?: (() => void) | undefined;
};

/** One profile by an id, an email or a phone number; of several that begin so, one is chosen. */
export function WhyPanel({ disabled, onChoose, ticked, onClear }: Props) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<FoundProfile[]>();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);

  const look = async () => {
    const wanted = text.trim();
    if (wanted === '' || disabled) return;
    setBusy(true);
    setFault(undefined);
    try {
      const profiles = await askProfiles(wanted);
      const exact = profiles.length === 1 ? profiles[0] : profiles.find((profile) => profile.name === wanted);
      setFound(exact ? undefined : profiles);
      if (exact) onChoose(exact);
    } catch (error) {
      setFault(error instanceof Error ? error.message : 'Something went wrong.');
    }
    setBusy(false);
  };
  return (
    <section aria-label="Why is this user in?" className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border bg-card p-4">
      <h3 className="flex items-center gap-2 font-medium text-sm">
        <UserSearch className="size-4 text-muted-foreground" aria-hidden /> Why is this user in?
      </h3>
      {/* No form of its own: it stands inside one. */}
      <div className="flex gap-2">
        <Input
          value={text}
          placeholder="Id, email or phone…"
          aria-label="User to look at"
          autoComplete="off"
          maxLength={500}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            void look();
          }}
        />
        <Button
          variant="outline"
          size="icon"
          className="size-9 shrink-0"
          aria-label="Look"
          disabled={disabled || busy || text.trim() === ''}
          onClick={() => void look()}
        >
          <Search aria-hidden />
        </Button>
      </div>
      <FieldError>{fault}</FieldError>
      {found?.length === 0 && (
        <p role="status" className="text-muted-foreground text-xs">
          Nobody has this id, and no email or phone number is quite like this.
        </p>
      )}
      {found && found.length > 0 && (
        <ul className="grid gap-0.5">
          {found.map((profile) => (
            <li key={profile.profileId}>
              <button
                type="button"
                className="w-full truncate rounded-md px-2 py-1 text-left text-sm outline-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/40"
                onClick={() => onChoose(profile)}
              >
                {profile.name}
              </button>
            </li>
          ))}
        </ul>
      )}
      {ticked ? (
        <p className="flex items-center justify-between gap-2 rounded-md bg-muted px-2 py-1 text-xs">
          <span className="truncate">The conditions are ticked for {ticked}.</span>
          <Button variant="ghost" size="icon" className="size-6 shrink-0" aria-label="Take the ticks away" onClick={onClear}>
            <X aria-hidden />
          </Button>
        </p>
      ) : (
        <p className="text-muted-foreground text-xs">Emails and phone numbers are hashed before the look-up and kept nowhere.</p>
      )}
    </section>
  );
}

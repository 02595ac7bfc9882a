'use client';

import { ExternalLink } from 'lucide-react';
import Link from 'next/link';
import type { Who } from '@/components/campaign/reach-lines';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from '@/components/ui/dialog';
import type { Told } from './explain-words';
import { Why } from './why';

export type Chosen = { profileId: string; name: string };

type Props = {
  chosen: Chosen | null;
  who: Who | null;
  at: Date | null;
  zone: string;
  onClose: () => void;
  onTold?: ((name: string, tree: Told) => void) | undefined;
};

export function WhyDialog({ chosen, who, at, zone, onClose, onTold }: Props) {
  return (
    <Dialog open={chosen !== null && who !== null} onOpenChange={(open) => open || onClose()}>
      <DialogContent className="max-w-xl">
        {chosen && who && (
          <>
            <DialogHeader>
              <DialogTitle className="break-words">{chosen.name}</DialogTitle>
              <DialogDescription>Why this user is in, or why not: each condition, and what decided it.</DialogDescription>
            </DialogHeader>
            <Why who={who} at={at} zone={zone} profileId={chosen.profileId} onTold={(tree) => onTold?.(chosen.name, tree)} />
            <Button asChild variant="outline" size="sm" className="w-fit">
              <Link href={`/profiles/${chosen.profileId}`}>
                <ExternalLink aria-hidden /> Open the profile
              </Link>
            </Button>
          </>
        )}
      </DialogContent>
    </Dialog>
  );
}

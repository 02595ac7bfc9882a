'use client';

import { CircleDot, MoreHorizontal, Pencil, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog';
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu';
import type { SegmentKind } from '@/db/schema';
import type { SegmentUsage } from '@/db/segment-usage';
import { UsageList } from './usage-list';

type Props = {
  segmentKey: string;
  name: string;
  kind: SegmentKind;
  usage: SegmentUsage;
  mayEdit: boolean;
  remove: (which: { key: string }) => Promise<{ ok: boolean; message?: string }>;
};

export function SegmentMenu({ segmentKey, name, kind, usage, mayEdit, remove }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={`Actions for ${name}`}>
            <MoreHorizontal aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          <DropdownMenuItem asChild>
            <Link href={`/segments/${segmentKey}`}>
              <Pencil aria-hidden /> {mayEdit ? (kind === 'list' ? 'Open' : 'Edit') : 'Open'}
            </Link>
          </DropdownMenuItem>
          <DropdownMenuItem asChild>
            <Link href={`/segments/overlap?s=${segmentKey}`}>
              <CircleDot aria-hidden /> Compare with others
            </Link>
          </DropdownMenuItem>
          {mayEdit && (
            <DropdownMenuItem variant="destructive" onSelect={() => setAsking(true)}>
              <Trash2 aria-hidden /> Delete…
            </DropdownMenuItem>
          )}
        </DropdownMenuContent>
      </DropdownMenu>
      <Dialog open={asking} onOpenChange={setAsking}>
        <DialogContent>
          <DeleteDialog segmentKey={segmentKey} name={name} usage={usage} remove={remove} close={() => setAsking(false)} />
        </DialogContent>
      </Dialog>
    </>
  );
}

type DialogProps = Pick<Props, 'segmentKey' | 'name' | 'usage' | 'remove'> & { close: () => void };

/** A segment that something uses is not deleted: then it says by what. */
function DeleteDialog({ segmentKey, name, usage, remove, close }: DialogProps) {
  const used = usage.excludes || usage.campaigns.length + usage.segments.length > 0;
  const confirm = async () => {
    close();
    const answer = await remove({ key: segmentKey });
    if (answer.ok) toast.success(`“${name}” is deleted.`);
    else toast.error(answer.message);
  };
  return (
    <>
      <DialogHeader>
        <DialogTitle>{used ? `“${name}” is in use` : `Delete “${name}”?`}</DialogTitle>
        <DialogDescription>
          {used
            ? 'It can be deleted once nothing follows it any more. Choose another segment in these, or archive the campaigns:'
            : 'It cannot be brought back.'}
        </DialogDescription>
      </DialogHeader>
      {used && <UsageList usage={usage} />}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">{used ? 'Close' : 'Keep it'}</Button>
        </DialogClose>
        {!used && (
          <Button variant="destructive" onClick={() => void confirm()}>
            Delete
          </Button>
        )}
      </DialogFooter>
    </>
  );
}

'use client';

import {
  ArrowDown,
  ArrowUp,
  Ban,
  Braces,
  Copy,
  CornerDownRight,
  CornerUpLeft,
  FolderPlus,
  MoreHorizontal,
  Trash2,
  Ungroup,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { useBuilderWorld } from './builder-state';
import { copyText } from './clipboard';
import { nameOf } from './node-names';
import type { Node } from './tree';
import { nodeJson } from './tree-json';
import { find, isDissolvable, type Move } from './tree-moves';

const moves: readonly { move: Move; label: string; icon: ReactNode; keys?: string }[] = [
  { move: 'up', label: 'Move up', icon: <ArrowUp aria-hidden />, keys: 'Alt ↑' },
  { move: 'down', label: 'Move down', icon: <ArrowDown aria-hidden />, keys: 'Alt ↓' },
  { move: 'into', label: 'Move into the group beside it', icon: <CornerDownRight aria-hidden />, keys: 'Alt →' },
  { move: 'out', label: 'Move out of its group', icon: <CornerUpLeft aria-hidden />, keys: 'Alt ←' },
  { move: 'wrap', label: 'Move into a new group', icon: <FolderPlus aria-hidden /> },
];

/** All that can be done with a condition or a group, by keyboard too. What it can do is asked when it opens. */
export function ConditionMenu({ node }: { node: Node }) {
  const [open, setOpen] = useState(false);
  return (
    <DropdownMenu open={open} onOpenChange={setOpen}>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" className="shrink-0 text-muted-foreground" aria-label={`Actions for ${nameOf(node)}`}>
          <MoreHorizontal aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      {open && <MenuItems node={node} />}
    </DropdownMenu>
  );
}

function MenuItems({ node }: { node: Node }) {
  const { edit } = useBuilderWorld();
  const can = edit.movesOf(node.id);
  const found = find(edit.root(), node.id);
  const copy = async () => {
    if (await copyText(JSON.stringify(nodeJson(node), null, 2))) toast.success('Copied as JSON.');
    else toast.error('The browser does not let Beckon copy here. “Copy as JSON” above the conditions shows the text.');
  };
  return (
    <DropdownMenuContent
      className="min-w-60"
      onCloseAutoFocus={(event) => document.activeElement !== document.body && event.preventDefault()}
    >
      {moves.map(({ move, label, icon, keys }) => (
        <DropdownMenuItem key={move} disabled={!can.includes(move)} onSelect={() => edit.move(node.id, move)}>
          {icon} {label}
          {keys && <kbd className="ml-auto pl-4 font-sans text-muted-foreground text-xs">{keys}</kbd>}
        </DropdownMenuItem>
      ))}
      {found && isDissolvable(found) && (
        <DropdownMenuItem onSelect={() => edit.dissolve(node.id)}>
          <Ungroup aria-hidden /> Take the group apart
        </DropdownMenuItem>
      )}
      <DropdownMenuSeparator />
      <DropdownMenuItem onSelect={() => edit.change({ ...node, not: !node.not })}>
        <Ban aria-hidden /> {node.not ? 'Take the “not” away' : 'Turn into its opposite'}
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={() => edit.duplicate(node.id)}>
        <Copy aria-hidden /> Duplicate
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={() => void copy()}>
        <Braces aria-hidden /> Copy as JSON
      </DropdownMenuItem>
      <DropdownMenuSeparator />
      <DropdownMenuItem variant="destructive" onSelect={() => edit.remove(node.id)}>
        <Trash2 aria-hidden /> Remove
        <kbd className="ml-auto pl-4 font-sans text-muted-foreground text-xs">Del</kbd>
      </DropdownMenuItem>
    </DropdownMenuContent>
  );
}

'use client';

import { Braces, ClipboardPaste, Ellipsis, Redo2, Undo2 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu';
import type { Edit } from './builder-edit';

type Props = { edit: Edit; canUndo: boolean; canRedo: boolean; copy: () => void; openJson: () => void };

/** Undo, redo, and the definition as JSON. */
export function BuilderBar({ edit, canUndo, canRedo, copy, openJson }: Props) {
  return (
    <div className="flex shrink-0 items-center">
      <TravelButton label="Undo" title="Undo (Ctrl+Z)" can={canUndo} go={edit.undo} />
      <TravelButton label="Redo" title="Redo (Ctrl+Shift+Z)" can={canRedo} go={edit.redo} />
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" className="text-muted-foreground" aria-label="Actions for the whole definition">
            <Ellipsis aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent className="min-w-56">
          <DropdownMenuItem onSelect={copy}>
            <Braces aria-hidden /> Copy as JSON
            <kbd className="ml-auto pl-4 font-sans text-muted-foreground text-xs">Ctrl C</kbd>
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={openJson}>
            <ClipboardPaste aria-hidden /> Paste JSON…
            <kbd className="ml-auto pl-4 font-sans text-muted-foreground text-xs">Ctrl V</kbd>
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
    </div>
  );
}

/** Not disabled where there is nothing to do: the focus would be lost with the last step. */
function TravelButton({ label, title, can, go }: { label: 'Undo' | 'Redo'; title: string; can: boolean; go: () => void }) {
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={label}
      aria-disabled={!can}
      title={title}
      className="text-muted-foreground aria-disabled:opacity-40"
      onClick={() => can && go()}
    >
      {label === 'Undo' ? <Undo2 aria-hidden /> : <Redo2 aria-hidden />}
    </Button>
  );
}

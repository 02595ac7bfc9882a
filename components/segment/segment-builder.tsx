'use client';

import { type ReactNode, type RefObject, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { toast } from 'sonner';
import { FieldError } from '@/components/ui/field';
import type { Definition } from '@/lib/segment/definition';
import { BuilderBar } from './builder-bar';
import { isAtRest } from './builder-focus';
import { type Builder, BuilderProvider, useBuilder } from './builder-state';
import type { BuilderCatalogue } from './catalogue';
import { copyText } from './clipboard';
import { beginDrag } from './drag';
import { faultAt } from './faults';
import { GroupChildren, GroupKind, type Notes } from './group-fields';
import { JsonDialog } from './json-dialog';
import { looksLikeJson, readDefinition } from './json-reading';
import { Sentence } from './sentence';
import { TemplateChoices } from './template-choices';
import { placesOf } from './tree-json';
import type { Move } from './tree-moves';

type Props = {
  value: Definition | undefined;
  catalogue: BuilderCatalogue;
  /** Null while something is missing or wrong. */
  onChange: (definition: Definition | null) => void;
  /** What the windows are shown for, where it is not now. */
  at?: Date | undefined;
  /** Shown beside conditions, by their path in the definition that `onChange` told last. */
  notes?: ReadonlyMap<string, ReactNode>;
  /** How often somebody wanted to save or go on: each shows all that is wrong, and leads to the first. */
  attempts?: number;
  /** What only the server could tell, by its path in the definition. */
  refused?: { path: string; message: string } | undefined;
  onTemplate?: (name: string) => void;
};

/** The whole language as a form. */
export function SegmentBuilder({ value, catalogue, onChange, at, notes, attempts = 0, refused, onTemplate }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const builder = useBuilder(value, place, onChange);
  const { root, edit, definition } = builder;
  const [opened] = useState(() => new Date());
  const [json, setJson] = useState<string | null>(null);
  const segmentNames = useMemo(() => new Map(catalogue.segments.map(({ key, name }) => [key, name])), [catalogue]);
  const isNow = at === undefined;
  const showsAll = attempts > 0;
  const fault = useMemo(
    () =>
      refused &&
      faultAt(
        [...placesOf(root)].map(([path, id]) => ({ id, at: path })),
        refused.path,
        refused.message,
      ),
    [root, refused],
  );
  const world = useMemo(
    () => ({ edit, catalogue, at: at ?? opened, isNow, showsAll, refused: fault }),
    [edit, catalogue, at, opened, isNow, showsAll, fault],
  );
  useEffect(() => {
    if (attempts > 0) place.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [attempts]);
  const beside = useMemo(() => notesById(root, notes), [root, notes]);
  const clipboard = useClipboard(builder, place, setJson);
  return (
    <BuilderProvider value={world}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys and drags of all that stands in it */}
      <div
        ref={place}
        tabIndex={-1}
        className="relative grid grid-cols-[minmax(0,1fr)] gap-3 outline-none"
        onBlur={builder.settle}
        onKeyDown={(event) => moveByKey(event, builder)}
        onPointerDown={({ nativeEvent }) => place.current && line.current && beginDrag(nativeEvent, place.current, line.current, edit.drop)}
      >
        <Sentence definition={definition} isEmpty={root.children.length === 0} segmentNames={segmentNames} />
        <div data-node={root.id} data-group className="grid grid-cols-[minmax(0,1fr)] gap-2">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <span className="flex items-center gap-2 text-sm">
              Users who match <GroupKind node={root} />
            </span>
            <BuilderBar {...builder} copy={clipboard.copy} openJson={() => setJson('')} />
          </div>
          <div>
            <GroupChildren node={root} notes={beside} />
          </div>
        </div>
        {root.children.length === 0 && (
          <TemplateChoices
            onChoose={(template) => {
              edit.replaceAll(template.definition);
              onTemplate?.(template.name);
            }}
          />
        )}
        <FieldError>{builder.fault}</FieldError>
        <div ref={line} hidden aria-hidden className="pointer-events-none absolute z-10 h-0.5 rounded-full bg-primary" />
        <p aria-live="assertive" className="sr-only">
          {builder.message}
        </p>
        <JsonDialog text={json} segmentNames={segmentNames} close={() => setJson(null)} use={edit.replaceAll} />
      </div>
    </BuilderProvider>
  );
}

const noNotes: Notes = new Map();

function notesById(root: Builder['root'], notes: Props['notes']): Notes {
  if (!notes || notes.size === 0) return noNotes;
  const places = placesOf(root);
  return new Map([...notes].flatMap(([path, note]) => (places.has(path) ? [[places.get(path) ?? '', note] as const] : [])));
}

const arrows: Record<string, Move> = { ArrowUp: 'up', ArrowDown: 'down', ArrowRight: 'into', ArrowLeft: 'out' };

/** Alt and arrows move the condition that has the focus, Delete on its grip removes it. */
function moveByKey(event: React.KeyboardEvent, { edit }: Builder): void {
  const target = event.target as HTMLElement;
  const id = target.closest<HTMLElement>('[data-card]')?.dataset.node;
  const move = event.altKey ? arrows[event.key] : undefined;
  if (!id || target.closest('input, select, textarea, [role=dialog], [role=menu]')) return;
  if (move) edit.move(id, move);
  else if ((event.key === 'Delete' || event.key === 'Backspace') && target.closest('[data-grip]')) edit.remove(id);
  else return;
  event.preventDefault();
}

/** Undo and redo; copy and paste of the whole definition where nothing else would be copied or pasted into. */
function useClipboard(
  { edit, definition, canUndo, canRedo }: Builder,
  place: RefObject<HTMLElement | null>,
  openJson: (text: string) => void,
) {
  const text = definition ? JSON.stringify(definition, null, 2) : '';
  const copy = async () => {
    if (!text) toast.error('Finish the conditions first: what is missing is not JSON yet.');
    else if (await copyText(text)) toast.success('The definition is copied as JSON.');
    else openJson(text);
  };
  const isShown = () => place.current?.checkVisibility() === true;
  const isWithin = (target: EventTarget | null) => target instanceof Node && place.current?.contains(target);
  const onCopy = useEffectEvent((event: ClipboardEvent) => {
    if (!text || !isShown() || !isAtRest(event.target)) return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    toast.success('The definition is copied as JSON.');
  });
  const onPaste = useEffectEvent((event: ClipboardEvent) => {
    const pasted = event.clipboardData?.getData('text') ?? '';
    if (!isShown() || !isAtRest(event.target) || !looksLikeJson(pasted)) return;
    event.preventDefault();
    const reading = readDefinition(pasted);
    if (reading.ok) edit.replaceAll(reading.definition);
    else openJson(pasted);
  });
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.metaKey || event.ctrlKey) || event.altKey || event.key.toLowerCase() !== 'z') return;
    if (!isWithin(event.target) && !(isShown() && isAtRest(event.target))) return;
    event.preventDefault();
    if (event.shiftKey && canRedo) edit.redo();
    if (!event.shiftKey && canUndo) edit.undo();
  });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    document.addEventListener('copy', onCopy, { signal });
    document.addEventListener('paste', onPaste, { signal });
    document.addEventListener('keydown', onKeyDown, { signal });
    return () => controller.abort();
  }, []);
  return { copy: () => void copy() };
}

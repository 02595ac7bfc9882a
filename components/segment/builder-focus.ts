import type { Field } from './faults';

/** Where the focus goes: a field of a node, its grip, or what adds to it; without one, where the next thing is to be filled in. */
export type Arrival = { id: string; field?: Field | 'grip' | 'add' | undefined };

const control = ':is(select, input, button):not(:disabled)';

/** An empty list opens, so that one can type on. */
export function focusOn(builder: HTMLElement, { id, field }: Arrival): void {
  const node = builder.querySelector(`[data-node="${CSS.escape(id)}"]`);
  const place = field ? (node?.querySelector(`[data-field="${field}"]`) ?? node) : node;
  const found =
    place?.querySelector<HTMLElement>('[data-empty]') ??
    place?.querySelector<HTMLElement>(`[data-field]:not([data-field=grip]) ${control}`) ??
    place?.querySelector<HTMLElement>(control);
  found?.focus();
  // Later: opening it now would have React render while it renders.
  if (found?.dataset.empty !== undefined && found.getAttribute('role') === 'combobox') queueMicrotask(() => found.click());
}

/** The text or number field of the builder that one is typing in. */
export function typedField(builder: HTMLElement | null): Element | undefined {
  const active = document.activeElement;
  const isText =
    active instanceof HTMLTextAreaElement || (active instanceof HTMLInputElement && !['checkbox', 'radio'].includes(active.type));
  return isText && builder?.contains(active) ? active : undefined;
}

/** Whether keys and the clipboard belong to the page, not to something one types in. */
export function isAtRest(target: EventTarget | null): boolean {
  const isTyping = target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu]');
  return !isTyping && (window.getSelection()?.isCollapsed ?? true);
}

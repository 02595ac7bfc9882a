import type { DropPlace } from './builder-edit';

/** Dragging a card by its grip, with any pointer. The page is marked by data attributes and one line; React hears only of the drop. */

type Drag = { card: HTMLElement; builder: HTMLElement; line: HTMLElement };

const beginsAfterPx = 5;
const edgePx = 64;
const scrollPx = 14;

/** @param line lies in the builder, hidden, and shows where the card would go. */
export function beginDrag(
  event: PointerEvent,
  builder: HTMLElement,
  line: HTMLElement,
  drop: (id: string, place: DropPlace) => void,
): void {
  const grip = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-grip]') : null;
  const card = grip?.closest<HTMLElement>('[data-card]');
  if (!grip || !card || event.button !== 0) return;
  const drag = { card, builder, line };
  const pointer = { x: event.clientX, y: event.clientY, isDragging: false };
  const controller = new AbortController();
  const { signal } = controller;
  let place: DropPlace | null = null;
  const show = () => {
    place = placeAt(drag, pointer.x, pointer.y);
    showPlace(drag, place);
  };
  const end = () => {
    controller.abort();
    clear(drag);
  };
  grip.setPointerCapture(event.pointerId);
  const move = ({ clientX, clientY }: PointerEvent) => {
    const far = Math.hypot(clientX - pointer.x, clientY - pointer.y) > beginsAfterPx;
    if (!pointer.isDragging && !far) return;
    if (!pointer.isDragging) {
      pointer.isDragging = true;
      card.dataset.dragged = '';
      keepScrolling(pointer, signal, show);
    }
    Object.assign(pointer, { x: clientX, y: clientY });
    show();
  };
  grip.addEventListener('pointermove', move, { signal });
  grip.addEventListener('pointercancel', end, { signal });
  window.addEventListener('keydown', (key) => key.key === 'Escape' && end(), { signal });
  grip.addEventListener(
    'pointerup',
    () => {
      end();
      if (pointer.isDragging && place) drop(card.dataset.node ?? '', place);
    },
    { signal },
  );
}

/** Near the upper or lower edge the page goes on. */
function keepScrolling(pointer: { y: number }, signal: AbortSignal, show: () => void): void {
  const step = () => {
    if (signal.aborted) return;
    const by = pointer.y < edgePx ? -scrollPx : pointer.y > window.innerHeight - edgePx ? scrollPx : 0;
    if (by !== 0) {
      window.scrollBy(0, by);
      show();
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

/** The middle of a condition: together with it. Elsewhere: between two of the group under the pointer. */
function placeAt({ card, builder }: Drag, x: number, y: number): DropPlace | null {
  const under = document.elementFromPoint(x, y);
  if (!under || !builder.contains(under)) return null;
  const leaf = under.closest<HTMLElement>('[data-card]:not([data-group])');
  if (leaf && leaf !== card && !card.contains(leaf)) {
    const { top, height } = leaf.getBoundingClientRect();
    const share = (y - top) / height;
    if (share > 0.3 && share < 0.7) return { kind: 'onto', id: leaf.dataset.node ?? '' };
  }
  const group = (card.contains(under) ? card.parentElement : under)?.closest<HTMLElement>('[data-group]');
  if (!group) return null;
  const index = childrenOf(group).filter((child) => middle(child) < y).length;
  return { kind: 'between', groupId: group.dataset.node ?? '', index };
}

const childrenOf = (group: HTMLElement): Element[] => [...(group.querySelector('[data-children]')?.children ?? [])];

const middle = (element: Element): number => {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
};

function showPlace(drag: Drag, place: DropPlace | null): void {
  for (const marked of drag.builder.querySelectorAll<HTMLElement>('[data-target]')) delete marked.dataset.target;
  const target =
    place && drag.builder.querySelector<HTMLElement>(`[data-node="${CSS.escape(place.kind === 'onto' ? place.id : place.groupId)}"]`);
  drag.line.hidden = !target || place.kind === 'onto';
  if (!target) return;
  if (place.kind === 'onto') target.dataset.target = '';
  else layLine(drag, target, place.index);
}

function layLine({ builder, line }: Drag, group: HTMLElement, index: number): void {
  const list = group.querySelector('[data-children]');
  const children = childrenOf(group);
  const frame = builder.getBoundingClientRect();
  const rect = (list ?? group).getBoundingClientRect();
  const next = children[index]?.querySelector('[data-card]')?.getBoundingClientRect();
  const last = children.at(-1)?.getBoundingClientRect();
  const y = next ? next.top - 5 : (last?.bottom ?? rect.top) + 3;
  Object.assign(line.style, { top: `${y - frame.top}px`, left: `${rect.left - frame.left}px`, width: `${rect.width}px` });
}

function clear(drag: Drag): void {
  delete drag.card.dataset.dragged;
  showPlace(drag, null);
}

'use client';

import {
  CircleSlash,
  Dices,
  FolderPlus,
  type LucideIcon,
  MousePointerClick,
  Plus,
  Repeat,
  Send,
  UserRound,
  UsersRound,
} from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '@/components/ui/command';
import { matching } from '@/components/ui/option-list';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { limits } from '@/lib/segment/definition';
import { useBuilderWorld } from './builder-state';
import { type BuilderCatalogue, propertyLabel } from './catalogue';
import type { Field } from './faults';
import { firstOperator, valueFor } from './operators';
import { type GroupNode, type Node, newBehaviour, newBucket, newGroup, newHas, newProperty, newSegment } from './tree';
import { inserted, levels, otherKind, sizeOf } from './tree-moves';

type Offer = { value: string; label: string; line?: string; icon: LucideIcon; make: () => Node; field?: Field };

/** Everything a condition can begin with, found by typing: "not purch", "country", a segment's name. */
export function AddCondition({ group }: { group: GroupNode }) {
  const { edit } = useBuilderWorld();
  const [open, setOpen] = useState(false);
  const hasChosen = useRef(false);
  const choose = ({ make, field }: Offer) => {
    hasChosen.current = true;
    setOpen(false);
    edit.add(group.id, make(), field);
  };
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <span data-field="add">
        <PopoverTrigger asChild>
          <Button variant={group.children.length === 0 ? 'default' : 'outline'} size="sm" aria-haspopup="listbox">
            <Plus aria-hidden /> Add a condition
          </Button>
        </PopoverTrigger>
      </span>
      {open && (
        <PopoverContent
          className="w-80 p-0"
          onCloseAutoFocus={(event) => {
            if (hasChosen.current) event.preventDefault();
            hasChosen.current = false;
          }}
        >
          <Offers group={group} choose={choose} />
        </PopoverContent>
      )}
    </Popover>
  );
}

const mostShown = 60;

function Offers({ group, choose }: { group: GroupNode; choose: (offer: Offer) => void }) {
  const { edit, catalogue } = useBuilderWorld();
  const [typed, setTyped] = useState('');
  const named = useMemo(() => namedOffers(catalogue), [catalogue]);
  const isFull = sizeOf(edit.root()) >= limits.conditions;
  const canNest = levels(inserted(edit.root(), group.id, 0, newGroup('all', [newHas()]))) <= limits.depth;
  const plain = plainOffers(group).filter((offer) => canNest || offer.value !== 'group');
  const found = typed.trim() ? [...matching([...plain, ...named], typed), ...typedOffers(typed.trim(), catalogue)] : plain;
  return (
    <Command label="Conditions" shouldFilter={false}>
      <CommandInput placeholder="An event, a property, a segment…" value={typed} onValueChange={setTyped} />
      <CommandList className="max-h-80">
        <CommandEmpty>Nothing fits.</CommandEmpty>
        {isFull ? (
          <p className="px-3 py-6 text-center text-muted-foreground text-sm">A definition has at most {limits.conditions} conditions.</p>
        ) : (
          found.slice(0, mostShown).map((offer) => (
            <CommandItem key={offer.value} value={offer.value} onSelect={() => choose(offer)} className="items-start gap-2.5">
              <offer.icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
              <span className="min-w-0">
                <span className="block truncate">{offer.label}</span>
                {offer.line && <span className="block text-muted-foreground text-xs">{offer.line}</span>}
              </span>
            </CommandItem>
          ))
        )}
      </CommandList>
    </Command>
  );
}

const plainOffers = (group: GroupNode): Offer[] => [
  { value: 'did', label: 'They did something', icon: MousePointerClick, make: () => newBehaviour('did') },
  { value: 'didNot', label: 'They did not do something', icon: CircleSlash, make: () => newBehaviour('didNot') },
  {
    value: 'then',
    label: 'They did one thing, then another',
    line: 'or then did not, within some time',
    icon: Repeat,
    make: () => newBehaviour('thenNot'),
  },
  { value: 'property', label: 'Who they are', line: 'country, plan, last seen, any property', icon: UserRound, make: () => newProperty() },
  { value: 'has', label: 'Reachable on Facebook', line: 'or has an email, a phone number …', icon: Send, make: () => newHas() },
  { value: 'segment', label: 'In a segment or list', icon: UsersRound, make: () => newSegment() },
  { value: 'bucket', label: 'A fixed random share', icon: Dices, make: () => newBucket() },
  {
    value: 'group',
    label: 'A group of conditions',
    line: 'all, any or none of them',
    icon: FolderPlus,
    make: () => newGroup(otherKind(group)),
    field: undefined,
  },
];

/** Ready ones: each event done and not done, each property, each segment. */
function namedOffers({ events, profileProperties, segments }: BuilderCatalogue): Offer[] {
  return [
    ...events.flatMap(({ name }) => eventOffers(name)),
    ...profileProperties.map((property): Offer => {
      const op = firstOperator(property);
      const make = () => newProperty(property.name, op, valueFor(op, property.type, undefined));
      return { value: `property ${property.name}`, label: propertyLabel(property.name), icon: UserRound, make, field: 'value' };
    }),
    ...segments.map(
      ({ key, name }): Offer => ({ value: `segment ${key}`, label: `in segment ${name}`, icon: UsersRound, make: () => newSegment(key) }),
    ),
  ];
}

const eventOffers = (name: string): Offer[] => [
  { value: `did ${name}`, label: `did ${name}`, icon: MousePointerClick, make: () => newBehaviour('did', name) },
  { value: `didNot ${name}`, label: `did not do ${name}`, icon: CircleSlash, make: () => newBehaviour('didNot', name) },
];

/** An event that was never seen yet may be named too. */
const typedOffers = (typed: string, { events }: BuilderCatalogue): Offer[] =>
  events.some(({ name }) => name.toLowerCase() === typed.toLowerCase())
    ? []
    : eventOffers(typed).map((offer) => ({ ...offer, line: 'not seen yet' }));

import { propertyLabel } from './catalogue';
import type { BehaviourNode, GroupNode, Node, Step } from './tree';

/** A node in a few words: for what is read aloud, and for labels. */
export function nameOf(node: Node): string {
  const name = plainName(node);
  return node.not ? `not: ${name}` : name;
}

function plainName(node: Node): string {
  switch (node.kind) {
    case 'group':
      return `group of ${node.children.length}`;
    case 'behaviour':
      return behaviourName(node);
    case 'property':
      return node.property ? propertyLabel(node.property) : 'a property';
    case 'has':
      return hasNames[node.has];
    case 'segment':
      return node.segment ? `segment ${node.segment}` : 'a segment';
    case 'bucket':
      return 'random share';
  }
}

const hasNames = {
  reachable: 'reachable on Facebook',
  email: 'email',
  phone: 'phone number',
  mobileAdvertiserId: 'mobile advertiser id',
  birthDay: 'birthday',
};

function behaviourName({ verb, step, second }: BehaviourNode): string {
  const name = eventsName(step);
  if (verb === 'did') return `did ${name}`;
  if (verb === 'didNot') return `did not do ${name}`;
  return `did ${name}, then ${verb === 'then' ? '' : 'not '}${eventsName(second)}`;
}

const eventsName = ({ events }: Step) => events.join(' or ') || 'an event';

/** How a group holds its conditions together, as its list says it. */
export const groupWords = ({ of, not }: GroupNode): string => `${not ? (of === 'any' ? 'none' : 'not all') : of} of these`;

/** What stands between two conditions of a group. */
export const glueOf = ({ of }: GroupNode): string => (of === 'all' ? 'and' : 'or');

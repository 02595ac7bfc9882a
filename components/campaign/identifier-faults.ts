import { identifiers } from '@/lib/identity/identifiers';
import { identifierLabel } from './plan-sentences';
import { counted } from './zoned-text';

/** "312 emails were not valid, so they were not kept." */
export function identifierFaultSentence(identifier: string, count: number): string {
  const known = identifiers.find((name) => name === identifier);
  const noun = (known ? identifierLabel[known] : identifier).toLowerCase().replace(/ id$/, ' ID');
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${counted(count, noun, plural)} ${count === 1 ? 'was' : 'were'} not valid, so ${count === 1 ? 'it was' : 'they were'} not kept.`;
}

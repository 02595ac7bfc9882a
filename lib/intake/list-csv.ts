import { parse } from 'csv-parse/sync';
import { AppError } from '@/lib/errors';
import { digest } from '@/lib/identity/hash';
import { normalize } from '@/lib/identity/normalize';
import { cleanText } from './clean';
import { csvFieldOf, csvParsing, separatorOf } from './csv';
import { longestName } from './record';

/** Rows of a CSV file into the values of a list segment; docs/intake.md has the columns. */

export const listIdentifiers = ['userId', 'email', 'phone'] as const;
export type ListIdentifier = (typeof listIdentifiers)[number];

export type ListChoice = {
  /** Header of the column that is meant; default the one whose header says so, without headers the first. */
  column?: string;
  /** In its stead: which column it is, from 1. */
  place?: number;
  /** What it holds; default what its header says. */
  identifier?: ListIdentifier;
  /** False: the first row is a value already. */
  header?: boolean;
};

export type ListColumn = {
  index: number;
  identifier: ListIdentifier;
  header: boolean /** Columns every row must have. */;
  columns: number;
};

const identifierOf = (header: string): ListIdentifier | null => {
  const field = csvFieldOf(header);
  return listIdentifiers.find((each) => each === field) ?? null;
};

/** @param first the file's first row. @throws AppError invalid where it cannot be told which column is meant, and what it holds. */
export function listColumn(first: readonly string[], choice: ListChoice): ListColumn {
  if (choice.place !== undefined && !(choice.place >= 1 && choice.place <= first.length))
    throw new AppError('invalid', `The file has no column ${choice.place}.`, 'place');
  if (choice.header === false) return columnWithoutHeader(first, choice);
  const names = first.map((name) => cleanText(name).trim());
  const index = indexOf(names, choice);
  if (index < 0) throw new AppError('invalid', `There is no column ${choice.column ?? 'userId, email or phone'}.`, 'column');
  const identifier = choice.identifier ?? identifierOf(names[index] ?? '');
  if (!identifier) throw new AppError('invalid', `Say what the column ${names[index]} holds: userId, email or phone.`, 'identifier');
  return { index, identifier, header: true, columns: first.length };
}

function indexOf(names: readonly string[], { column, place, identifier }: ListChoice): number {
  if (place !== undefined) return place - 1;
  return column === undefined ? likelyColumn(names, identifier) : names.indexOf(column.trim());
}

function columnWithoutHeader(first: readonly string[], { place = 1, identifier }: ListChoice): ListColumn {
  if (!identifier) throw new AppError('invalid', 'Without a header, say what the column holds: userId, email or phone.', 'identifier');
  return { index: place - 1, identifier, header: false, columns: first.length };
}

/** -1 where none is. @throws AppError where several are. */
function likelyColumn(names: readonly string[], identifier: ListIdentifier | undefined): number {
  if (identifier && names.length === 1) return 0;
  const likely = names.flatMap((name, i) => (identifierOf(name) && (!identifier || identifierOf(name) === identifier) ? [i] : []));
  if (likely.length > 1) {
    const found = likely.map((i) => names[i]).join(', ');
    throw new AppError('invalid', `Several columns could be meant: ${found}. Say which.`, 'column');
  }
  return likely[0] ?? -1;
}

export type ListValue = { value: string } | { reason: string };

const country = (defaultCountry: string | null) => ({ country: defaultCountry, year: 0 });

/** What is stored of one row, as hex: a user id in UTF-8, or the digest of a normalized email or phone. */
export function listValue(row: readonly string[], column: ListColumn, defaultCountry: string | null): ListValue {
  if (row.length !== column.columns) return { reason: `The row has ${row.length} columns, the first one ${column.columns}.` };
  const text = cleanText(row[column.index] ?? '').trim();
  if (text === '') return { reason: 'Empty.' };
  if (column.identifier === 'userId') {
    return text.length > longestName
      ? { reason: `Longer than ${longestName} characters.` }
      : { value: Buffer.from(text, 'utf8').toString('hex') };
  }
  const normalized = normalize(column.identifier, text, country(defaultCountry));
  if (normalized !== null) return { value: digest(column.identifier, normalized) };
  if (column.identifier === 'email') return { reason: 'Not a valid email.' };
  const national = defaultCountry === null && !/^\s*(\+|00)/.test(text);
  return { reason: national ? 'Not a valid phone number, or its country code is missing.' : 'Not a valid phone number.' };
}

export type ListPreview = {
  /** Headers, or "Column 1"… where there are none. */
  columns: { name: string /** By its header, else by its first value. */; identifier: ListIdentifier }[];
  header: boolean;
  /** What the rows were read as; null while it cannot be told. */
  chosen: ListColumn | null;
  rows: { cells: string[]; reason: string | null }[];
};

const previewRows = 10;

/** @param head the beginning of the file; its last line may be cut. @throws AppError invalid where it is no CSV. */
export function previewList(head: string, choice: ListChoice, defaultCountry: string | null): ListPreview {
  const whole = head.includes('\n') ? head.slice(0, head.lastIndexOf('\n')) : head;
  let read: string[][];
  try {
    read = parse(whole, { ...csvParsing(separatorOf(whole)), to: previewRows + 1 }) as string[][];
  } catch (cause) {
    throw new AppError('invalid', 'This does not read as a CSV file.', '', { cause });
  }
  const first = read[0];
  if (!first) throw new AppError('invalid', 'The file is empty.', '');
  const header = choice.header ?? looksLikeHeader(first);
  const columns = first.map((name, i) => ({
    name: header ? cleanText(name).trim() : `Column ${i + 1}`,
    identifier: (header ? identifierOf(name) : null) ?? likelyIdentifier(read[header ? 1 : 0]?.[i] ?? ''),
  }));
  const chosen = chosenColumn(first, { ...choice, header }, columns);
  const rows = read.slice(header ? 1 : 0, header ? previewRows + 1 : previewRows).map((cells) => {
    const found = chosen && listValue(cells, chosen, defaultCountry);
    return { cells, reason: found && 'reason' in found ? found.reason : null };
  });
  return { columns, header, chosen, rows };
}

/** Values of people give themselves away; anything else is taken for a header. */
const looksLikeHeader = (first: readonly string[]) =>
  first.some((cell) => identifierOf(cell) !== null) || !first.some((cell) => likelyIdentifier(cell) !== 'userId');

function likelyIdentifier(cell: string): ListIdentifier {
  if (normalize('email', cell, country(null))) return 'email';
  return /^\s*\+[\d\s().-]{8,}$/.test(cell) ? 'phone' : 'userId';
}

/** Where the headers do not tell, the only column, or the only one that looks like an email or phone, is as good a guess. */
function chosenColumn(first: readonly string[], choice: ListChoice, columns: ListPreview['columns']): ListColumn | null {
  const likely = columns.flatMap(({ identifier }, i) => (columns.length === 1 || identifier !== 'userId' ? [i] : []));
  const guess = choice.place !== undefined ? choice.place - 1 : likely.length === 1 ? likely[0] : undefined;
  const guessed = guess === undefined ? choice : { identifier: columns[guess]?.identifier, ...defined(choice), place: guess + 1 };
  for (const each of [choice, guessed]) {
    try {
      return listColumn(first, each);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return null;
}

const defined = (choice: ListChoice): ListChoice => Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));

/** The keys a member row may have, with the number each is stored under. Numbers are part of the file format: never reuse one. */

export interface Column {
  key: string;
  code: number;
  /** digest: 32 bytes of SHA-256; text: as it came; json: lists and numbers. */
  kind: 'digest' | 'text' | 'json';
  /** Identifies a person by itself: what removal goes by. */
  personal: boolean;
}

function column(key: string, code: number, kind: Column['kind'], personal = false): Column {
  return { key, code, kind, personal };
}

const all: Column[] = [
  column('EXTERN_ID', 1, 'text', true),
  column('EMAIL', 2, 'digest', true),
  column('PHONE', 3, 'digest', true),
  column('GEN', 4, 'digest'),
  column('DOBY', 5, 'digest'),
  column('DOBM', 6, 'digest'),
  column('DOBD', 7, 'digest'),
  column('LN', 8, 'digest'),
  column('FN', 9, 'digest'),
  column('FI', 10, 'digest'),
  column('CT', 11, 'digest'),
  column('ST', 12, 'digest'),
  column('ZIP', 13, 'digest'),
  column('MADID', 14, 'text', true),
  column('COUNTRY', 15, 'digest'),
  column('LOOKALIKE_VALUE', 16, 'json'),
  column('DATA_PROCESSING_OPTIONS', 17, 'json'),
  column('DATA_PROCESSING_OPTIONS_COUNTRY', 18, 'json'),
  column('DATA_PROCESSING_OPTIONS_STATE', 19, 'json'),
];

const byKey = new Map(all.map((item) => [item.key, item]));
const byCode = new Map(all.map((item) => [item.code, item]));

export function columnOf(key: string): Column | undefined {
  return byKey.get(key);
}

export function columnByCode(code: number): Column {
  const found = byCode.get(code);
  if (!found) throw new Error(`The members file has a column ${code} that this version does not know.`);
  return found;
}

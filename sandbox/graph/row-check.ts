import type { Column } from '../store/columns';
import type { RowEncoder } from '../store/row-codec';

const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const madid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Encodes a row whose every cell is right, and returns null; otherwise leaves the encoder as it was and returns the reason,
 * as `invalid_entry_samples` gives it.
 */
export function encodeRow(row: unknown[], columns: Column[], encoder: RowEncoder, refuseEmptyDigest: boolean): string | null {
  const start = encoder.beginRow();
  let mask = 0;
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i] as Column;
    const cell = row[i];
    if (cell === '') {
      if (column.key !== 'EXTERN_ID') continue;
      encoder.length = start;
      return 'empty external ID';
    }
    const fault = encodeCell(cell, column, encoder, refuseEmptyDigest);
    if (fault !== null) {
      encoder.length = start;
      return fault;
    }
    mask |= 1 << i;
  }
  if (mask === 0) {
    encoder.length = start;
    return 'empty row';
  }
  encoder.closeCells();
  encoder.endRow(start, mask);
  return null;
}

function encodeCell(cell: unknown, column: Column, encoder: RowEncoder, refuseEmptyDigest: boolean): string | null {
  if (column.kind === 'digest') {
    if (typeof cell !== 'string') return `invalid ${column.key}: not text`;
    if (refuseEmptyDigest && cell === emptyDigest) return `invalid ${column.key}: hash of an empty value`;
    return encoder.digest(cell, column) ? null : digestFault(cell, column);
  }
  if (column.kind === 'json') {
    if (!validOption(cell, column.key)) return `invalid ${column.key}`;
    encoder.text(JSON.stringify(cell), column);
    return null;
  }
  if (typeof cell !== 'string') return `invalid ${column.key}: not text`;
  if (column.key === 'MADID' && !madid.test(cell))
    return `invalid MADID: ${/^[0-9a-f]{64}$/i.test(cell) ? 'must not be hashed' : 'not a lower-case mobile advertiser id'}`;
  if (cell.length > 1_000) return `invalid ${column.key}: too long`;
  encoder.text(cell, column);
  return null;
}

function digestFault(cell: string, column: Column): string {
  if (cell.includes('@')) return `invalid ${column.key}: not hashed`;
  if (/^[0-9a-f]{64}$/i.test(cell)) return `invalid ${column.key}: hash is not lower case`;
  if (/^[0-9a-f]{32}$/i.test(cell)) return `invalid ${column.key}: looks like MD5, SHA-256 is needed`;
  if (/^[0-9a-f]{40}$/i.test(cell)) return `invalid ${column.key}: looks like SHA-1, SHA-256 is needed`;
  return `invalid ${column.key}: not a SHA-256 hash`;
}

function validOption(cell: unknown, key: string): boolean {
  if (key === 'DATA_PROCESSING_OPTIONS') return Array.isArray(cell) && cell.every((item) => item === 'LDU') && cell.length <= 1;
  const number = typeof cell === 'number' ? cell : typeof cell === 'string' ? Number(cell) : Number.NaN;
  if (key === 'LOOKALIKE_VALUE') return Number.isFinite(number) && number >= 0;
  return Number.isInteger(number) && number >= 0;
}

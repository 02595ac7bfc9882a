import type { Column } from './columns';

/**
 * One row on its way into storage: its bytes (a presence mask, then the cells), the fingerprint of the whole row and the
 * fingerprints of the cells that identify a person. Kept in one reusable buffer: a request has up to 10,000 rows.
 */
export class RowEncoder {
  buffer: Buffer = Buffer.allocUnsafe(1 << 20);
  length = 0;
  rowLo = 0;
  rowHi = 0;
  readonly cellLo: number[] = [];
  readonly cellHi: number[] = [];

  reset(): void {
    this.length = 0;
  }

  beginRow(): number {
    this.reserve(8192);
    this.rowLo = 0;
    this.rowHi = 0;
    this.cellLo.length = 0;
    this.cellHi.length = 0;
    const start = this.length;
    this.length += 4;
    return start;
  }

  endRow(start: number, mask: number): void {
    this.buffer.writeUInt32LE(mask >>> 0, start);
  }

  /** Appends 32 bytes from 64 lower-case hex characters; false (and nothing appended) if the text is anything else. */
  digest(text: string, column: Column): boolean {
    if (!decodeHex(text, this.buffer, this.length)) return false;
    const lo = this.buffer.readUInt32LE(this.length) ^ (column.code * 0x9e3779b1);
    const hi = this.buffer.readUInt32LE(this.length + 4);
    this.length += 32;
    this.note(lo >>> 0, hi, column);
    return true;
  }

  text(value: string, column: Column): void {
    this.reserve(value.length * 3 + 8);
    const bytes = this.buffer.write(value, this.length + 2, 'utf8');
    this.buffer.writeUInt16LE(bytes, this.length);
    this.noteText(this.length + 2, bytes, column);
    this.length += 2 + bytes;
  }

  /** Goes by the content, not by the order of columns: the same person sent in another order is the same row. */
  note(lo: number, hi: number, column: Column): void {
    this.rowLo = (this.rowLo + mix(lo, hi, column.code)) >>> 0;
    this.rowHi = (this.rowHi + mix(hi, lo, column.code + 77)) >>> 0;
    if (!column.personal) return;
    this.cellLo.push(lo);
    this.cellHi.push(hi);
  }

  noteText(start: number, bytes: number, column: Column): void {
    let lo = (0x811c9dc5 ^ column.code) >>> 0;
    let hi = (0x1b873593 + column.code) >>> 0;
    for (let at = start; at < start + bytes; at += 1) {
      const byte = this.buffer[at] ?? 0;
      lo = Math.imul(lo ^ byte, 0x01000193) >>> 0;
      hi = mix(hi, byte + 1, at - start);
    }
    this.note(mix(lo, hi, 1), hi, column);
  }

  /** A row without an identifying cell is found by itself alone. */
  closeCells(): void {
    if (this.cellLo.length > 0) return;
    this.cellLo.push(this.rowLo);
    this.cellHi.push(this.rowHi);
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const wider = Buffer.allocUnsafe((this.buffer.length + bytes) * 2);
    this.buffer.copy(wider, 0, 0, this.length);
    this.buffer = wider;
  }
}

function mix(a: number, b: number, salt: number): number {
  let h = Math.imul(a ^ Math.imul(salt + 1, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h ^ b, 0xc2b2ae35);
  h ^= h >>> 13;
  h = Math.imul(h, 0x27d4eb2f);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Node's own decoder is several times faster than a loop here; it takes upper case too, which Facebook does not. */
function decodeHex(text: string, into: Buffer, at: number): boolean {
  return text.length === 64 && !/[A-F]/.test(text) && into.write(text, at, 32, 'hex') === 32;
}

/** Reads stored rows one after the other and gives each its fingerprints back, or its cells as text. */
export class RowDecoder {
  readonly encoder = new RowEncoder();

  /** Fingerprints of the row at `at` land in `encoder`; returns where the next row starts. */
  fingerprints(buffer: Buffer, at: number, columns: Column[]): number {
    const { encoder } = this;
    encoder.buffer = buffer;
    encoder.rowLo = 0;
    encoder.rowHi = 0;
    encoder.cellLo.length = 0;
    encoder.cellHi.length = 0;
    const mask = buffer.readUInt32LE(at);
    let next = at + 4;
    for (const [index, column] of columns.entries()) {
      if ((mask & (1 << index)) === 0) continue;
      if (column.kind === 'digest') {
        encoder.note((buffer.readUInt32LE(next) ^ (column.code * 0x9e3779b1)) >>> 0, buffer.readUInt32LE(next + 4), column);
        next += 32;
      } else {
        const bytes = buffer.readUInt16LE(next);
        encoder.noteText(next + 2, bytes, column);
        next += 2 + bytes;
      }
    }
    encoder.closeCells();
    return next;
  }
}

/** The row at `at` by key, blanks left out, and where the next row starts. */
export function rowAt(buffer: Buffer, at: number, columns: Column[]): { row: Record<string, unknown>; next: number } {
  const mask = buffer.readUInt32LE(at);
  const row: Record<string, unknown> = {};
  let next = at + 4;
  for (const [index, column] of columns.entries()) {
    if ((mask & (1 << index)) === 0) continue;
    if (column.kind === 'digest') {
      row[column.key] = buffer.toString('hex', next, next + 32);
      next += 32;
      continue;
    }
    const bytes = buffer.readUInt16LE(next);
    const text = buffer.toString('utf8', next + 2, next + 2 + bytes);
    row[column.key] = column.kind === 'json' ? (JSON.parse(text) as unknown) : text;
    next += 2 + bytes;
  }
  return { row, next };
}

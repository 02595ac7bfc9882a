import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { CellIndex } from './cell-index';
import { type Column, columnByCode } from './columns';
import { RowDecoder, type RowEncoder, rowAt } from './row-codec';

const headerBytes = 16;
const magic = 0x314d4b42; // BKM1
const addBlock = 1;
const removeBlock = 2;

interface BlockHeader {
  kind: number;
  columns: number;
  count: number;
  bytes: number;
}

/**
 * The members of one audience. Rows live in an append-only file of blocks (rows added; row numbers removed); memory holds a
 * fingerprint and a flag a row, and an index from the cells that identify a person to rows. Nothing is ever lost to a
 * SIGKILL after the call returned: a torn last block belongs to a request that was never answered, and is cut off.
 */
export class MemberSet {
  count = 0;
  /** Rows ever added, removed ones included: the next row's number. */
  private total = 0;
  private rowLo = new Uint32Array(1024);
  private rowHi = new Uint32Array(1024);
  private alive = new Uint8Array(1024);
  private index = this.emptyIndex();
  private fd: number;
  private end = 0;
  private readonly candidates: number[] = [];
  private matchedCache = { at: -1, rate: -1, matched: 0 };
  private changes = 0;

  constructor(private readonly path: string) {
    this.fd = openSync(path, existsSync(path) ? 'r+' : 'w+');
    this.load();
    if (this.total > 4096 && this.count * 2 < this.total) this.rewrite();
  }

  /** Whether exactly this row is already here. */
  has(row: RowEncoder): boolean {
    for (const number of this.sharing(row.cellLo[0] ?? 0, row.cellHi[0] ?? 0)) {
      if (this.rowLo[number] === row.rowLo && this.rowHi[number] === row.rowHi) return true;
    }
    return false;
  }

  /** Enters the row in memory; its bytes follow with `writeAdded`. */
  enter(row: RowEncoder): void {
    const number = this.total;
    if (number === this.alive.length) this.widen();
    this.rowLo[number] = row.rowLo;
    this.rowHi[number] = row.rowHi;
    this.alive[number] = 1;
    for (let i = 0; i < row.cellLo.length; i += 1) this.index.insert(row.cellLo[i] ?? 0, row.cellHi[i] ?? 0, number);
    this.total += 1;
    this.count += 1;
    this.changes += 1;
  }

  writeAdded(columns: Column[], count: number, rows: Buffer): void {
    if (count === 0) return;
    const block = Buffer.allocUnsafe(headerBytes + columns.length);
    writeHeader(block, {
      kind: addBlock,
      columns: columns.length,
      count,
      bytes: rows.length,
    });
    for (const [i, column] of columns.entries()) block[headerBytes + i] = column.code;
    this.append(Buffer.concat([block, rows]));
  }

  /** Takes out every row that shares an identifying cell with the given one; returns their numbers for `writeRemoved`. */
  take(row: RowEncoder, taken: number[]): void {
    for (let i = 0; i < row.cellLo.length; i += 1) {
      for (const number of this.sharing(row.cellLo[i] ?? 0, row.cellHi[i] ?? 0)) this.drop(number, taken);
    }
  }

  private drop(number: number, taken: number[]): void {
    if (this.alive[number] !== 1) return;
    this.alive[number] = 0;
    this.count -= 1;
    this.changes += 1;
    taken.push(number);
  }

  /** Puts rows back that `take` took out and nobody wrote: the removal was refused. */
  putBack(taken: number[]): void {
    for (const number of taken) this.alive[number] = 1;
    this.count += taken.length;
    this.changes += 1;
  }

  writeRemoved(taken: number[]): void {
    if (taken.length === 0) return;
    const block = Buffer.allocUnsafe(headerBytes + taken.length * 4);
    writeHeader(block, {
      kind: removeBlock,
      columns: 0,
      count: taken.length,
      bytes: taken.length * 4,
    });
    for (const [i, number] of taken.entries()) block.writeUInt32LE(number, headerBytes + i * 4);
    this.append(block);
  }

  /** Members that belong to somebody on Facebook, if `rate` of all rows do: a stable choice by fingerprint. */
  matched(rate: number): number {
    if (this.matchedCache.at === this.changes && this.matchedCache.rate === rate) return this.matchedCache.matched;
    const limit = Math.floor(rate * 0x1_0000_0000);
    let matched = 0;
    for (let i = 0; i < this.total; i += 1) {
      if (this.alive[i] === 1 && (this.rowLo[i] ?? 0) < limit) matched += 1;
    }
    this.matchedCache = { at: this.changes, rate, matched };
    return matched;
  }

  /** Whether somebody with this identifying cell is a member. */
  hasCell(lo: number, hi: number): boolean {
    return this.sharing(lo, hi).length > 0;
  }

  /** Living rows by key, oldest first, as they stood when reading began or later. */
  *rows(): Generator<Record<string, unknown>> {
    let number = 0;
    for (const { header, columns, body } of this.blocks(this.end)) {
      if (header.kind !== addBlock) continue;
      let at = 0;
      for (let i = 0; i < header.count; i += 1, number += 1) {
        const { row, next } = rowAt(body, at, columns);
        at = next;
        if (this.alive[number] === 1) yield row;
      }
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  discard(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  private sharing(lo: number, hi: number): number[] {
    this.candidates.length = 0;
    this.index.find(lo, hi, this.candidates);
    return this.candidates;
  }

  private emptyIndex(): CellIndex {
    return new CellIndex((row) => this.alive[row] === 1);
  }

  private append(block: Buffer): void {
    let written = 0;
    while (written < block.length) written += writeSync(this.fd, block, written, block.length - written, this.end + written);
    this.end += block.length;
  }

  private widen(): void {
    const length = this.alive.length * 2;
    const wider = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const next = new Uint32Array(length);
      next.set(old);
      return next;
    };
    this.rowLo = wider(this.rowLo);
    this.rowHi = wider(this.rowHi);
    const alive = new Uint8Array(length);
    alive.set(this.alive);
    this.alive = alive;
  }

  private *blocks(end: number): Generator<{
    header: BlockHeader;
    columns: Column[];
    body: Buffer;
    next: number;
  }> {
    let at = 0;
    while (at + headerBytes <= end) {
      const header = readHeader(this.read(at, headerBytes));
      if (!header) return;
      const next = at + headerBytes + header.columns + header.bytes;
      if (next > end) return;
      const columns = [...this.read(at + headerBytes, header.columns)].map(columnByCode);
      yield {
        header,
        columns,
        body: this.read(at + headerBytes + header.columns, header.bytes),
        next,
      };
      at = next;
    }
  }

  private read(at: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(bytes);
    let done = 0;
    while (done < bytes) {
      const got = readSync(this.fd, buffer, done, bytes - done, at + done);
      if (got === 0) throw new Error('The members file ended in the middle of a block.');
      done += got;
    }
    return buffer;
  }

  private load(): void {
    const size = fstatSync(this.fd).size;
    const decoder = new RowDecoder();
    for (const { header, columns, body, next } of this.blocks(size)) {
      if (header.kind === removeBlock) {
        for (let i = 0; i < header.count; i += 1) this.drop(body.readUInt32LE(i * 4), this.candidates);
      } else {
        let at = 0;
        for (let i = 0; i < header.count; i += 1) {
          at = decoder.fingerprints(body, at, columns);
          this.enter(decoder.encoder);
        }
      }
      this.end = next;
    }
    if (this.end < size) ftruncateSync(this.fd, this.end);
    this.candidates.length = 0;
  }

  /** Copies the living rows to a new file, so that a long life of adding and removing does not fill the disk. */
  private rewrite(): void {
    const next = `${this.path}.next`;
    const out = openSync(next, 'w');
    let number = 0;
    for (const { header, columns, body } of this.blocks(this.end)) {
      if (header.kind !== addBlock) continue;
      const kept: Buffer[] = [];
      let at = 0;
      for (let i = 0; i < header.count; i += 1, number += 1) {
        const end = rowAt(body, at, columns).next;
        if (this.alive[number] === 1) kept.push(body.subarray(at, end));
        at = end;
      }
      if (kept.length === 0) continue;
      const rows = Buffer.concat(kept);
      const block = Buffer.allocUnsafe(headerBytes + columns.length);
      writeHeader(block, {
        kind: addBlock,
        columns: columns.length,
        count: kept.length,
        bytes: rows.length,
      });
      for (const [i, column] of columns.entries()) block[headerBytes + i] = column.code;
      writeSync(out, Buffer.concat([block, rows]));
    }
    closeSync(out);
    closeSync(this.fd);
    renameSync(next, this.path);
    this.fd = openSync(this.path, 'r+');
    this.count = 0;
    this.total = 0;
    this.end = 0;
    this.alive.fill(0);
    this.index = this.emptyIndex();
    this.load();
  }
}

function writeHeader(into: Buffer, header: BlockHeader): void {
  into.writeUInt32LE(magic, 0);
  into[4] = header.kind;
  into[5] = header.columns;
  into.writeUInt16LE(0, 6);
  into.writeUInt32LE(header.count, 8);
  into.writeUInt32LE(header.bytes, 12);
}

function readHeader(from: Buffer): BlockHeader | null {
  if (from.readUInt32LE(0) !== magic) return null;
  return {
    kind: from.readUInt8(4),
    columns: from.readUInt8(5),
    count: from.readUInt32LE(8),
    bytes: from.readUInt32LE(12),
  };
}

import { FIELDS, type Mp4Index, type TableName } from './mp4-index.ts';
import type { VarintReader, VarintWriter } from './varints.ts';

/**
 * An index as bytes to be kept: rows grow slowly, so each is written as the differences to the one before, in variable
 * length integers. Some 20 bytes a segment.
 */

const TABLES: readonly TableName[] = ['stsz', 'stts', 'ctts', 'stsc', 'stco', 'stss'];

export function writeMp4Index(index: Mp4Index, out: VarintWriter): void {
  out.unsigned(index.timescale);
  out.signed(index.editTicks);
  out.unsigned(index.sampleCount);
  out.unsigned(index.sameBytes);
  out.unsigned(index.wide ? 1 : 0);
  for (const name of TABLES) {
    const table = index.tables[name];
    // No table begins at the first byte of a file.
    out.unsigned(table?.position ?? 0);
    if (table) out.unsigned(table.count);
  }
  const width = FIELDS.length;
  out.unsigned(index.rows.length / width);
  index.rows.forEach((value, n) => {
    out.signed(value - (n >= width ? index.rows[n - width]! : 0));
  });
}

/** Throws `RangeError` where the bytes end too early. */
export function readMp4Index(bytes: VarintReader): Mp4Index {
  const [timescale, editTicks] = [bytes.unsigned(), bytes.signed()];
  const [sampleCount, sameBytes, wide] = [bytes.unsigned(), bytes.unsigned(), bytes.unsigned() === 1];
  const tables = Object.fromEntries(
    TABLES.map((name) => {
      const position = bytes.unsigned();
      return [name, position === 0 ? null : { position, count: bytes.unsigned() }];
    }),
  ) as Mp4Index['tables'];
  const width = FIELDS.length;
  const count = bytes.unsigned();
  // Each takes a byte at least.
  if (count * width > bytes.left()) throw new RangeError('more rows than there is room for');
  const rows = new Float64Array(count * width);
  for (let n = 0; n < rows.length; n++) rows[n] = bytes.signed() + (n >= width ? rows[n - width]! : 0);
  return { timescale, editTicks, sampleCount, sameBytes, wide, tables, rows };
}

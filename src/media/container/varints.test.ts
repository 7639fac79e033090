import { describe, expect, it } from 'vitest';
import { createVarintReader, createVarintWriter } from './varints.ts';

describe('varints', () => {
  it('give back what was written', () => {
    const values = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 + 5, 2 ** 52 - 1];
    const out = createVarintWriter();
    for (const value of values) {
      out.unsigned(value);
      out.signed(value / 2 > 2 ** 50 ? -5 : -value);
      out.signed(value > 2 ** 51 ? 5 : value);
    }
    out.bytes(Buffer.from('some bytes'));
    const from = createVarintReader(out.finish());
    for (const value of values) {
      expect(from.unsigned()).toBe(value);
      expect(from.signed() + 0).toBe(value / 2 > 2 ** 50 ? -5 : 0 - value);
      expect(from.signed()).toBe(value > 2 ** 51 ? 5 : value);
    }
    expect(from.bytes().toString()).toBe('some bytes');
    expect(from.left()).toBe(0);
  });

  it('are one byte below 128', () => {
    const out = createVarintWriter();
    for (let value = 0; value < 128; value++) out.unsigned(value);
    for (let value = -64; value < 64; value++) out.signed(value);
    expect(out.finish()).toHaveLength(256);
  });

  it('grow with what is written', () => {
    const out = createVarintWriter();
    for (let n = 0; n < 10_000; n++) out.unsigned(1e12 + n);
    out.bytes(Buffer.alloc(100_000, 7));
    const from = createVarintReader(out.finish());
    for (let n = 0; n < 10_000; n++) expect(from.unsigned()).toBe(1e12 + n);
    expect(from.bytes()).toEqual(Buffer.alloc(100_000, 7));
  });

  it('refuse what is no integer, and bytes that end too early', () => {
    const out = createVarintWriter();
    for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => out.unsigned(value)).toThrow(TypeError);
    expect(() => createVarintReader(Buffer.alloc(0)).unsigned()).toThrow(RangeError);
    expect(() => createVarintReader(Buffer.from([0x80, 0x80])).unsigned()).toThrow(RangeError);
    expect(() => createVarintReader(Buffer.alloc(12, 0xff)).unsigned()).toThrow(RangeError);
    expect(() => createVarintReader(Buffer.from([5, 1, 2])).bytes()).toThrow(RangeError);
  });
});

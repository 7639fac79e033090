import { describe, expect, it } from 'vitest';
import { MAP_PID, packet, packets, pes, programMap, programs } from '../../../test/support/transport-packets.ts';
import { UnusualStream } from './ts-packets.ts';
import { createTsScanner, type TsScan } from './ts-scan.ts';

const FORM = { offset: 0, stride: 188 };
const [PICTURES, SOUND] = [0x100, 0x101];
const TABLES = [programs(MAP_PID), programMap([0x1b, PICTURES], [0x0f, SOUND])];
const RANDOM_ACCESS = 0x40;
const DISCONTINUITY = 0x80;
const WRAP = 2 ** 33;

function scanOf(parts: readonly Buffer[], pids = [PICTURES, SOUND]): TsScan {
  const scanner = createTsScanner(FORM);
  let at = 0;
  for (const part of parts) {
    scanner.push(part, at);
    at += part.length;
  }
  return scanner.finish(pids, at);
}

const picture = (ticks: number, counter: number, options = {}) =>
  packets(PICTURES, pes(0xe0, ticks, Buffer.alloc(300, 7)), { counter, ...options });
const sound = (ticks: number, counter = 0) => packets(SOUND, pes(0xc0, ticks, Buffer.alloc(20, 9)), { counter });

describe('a pass over a transport stream', () => {
  it('tells where pictures and sound begin, when they are shown, and where decoding can begin', () => {
    const parts = [...TABLES, ...picture(9000, 0, { flags: RANDOM_ACCESS }), ...sound(8000), ...picture(12_600, 2)];
    const { streams, endPosition } = scanOf(parts);
    expect(endPosition).toBe(7 * 188);
    const pictures = streams.get(PICTURES)!;
    expect([...pictures.positions]).toEqual([2 * 188, 5 * 188]);
    expect([...pictures.ptsTicks]).toEqual([9000, 12_600]);
    expect([...pictures.isRandomAccess]).toEqual([1, 0]);
    expect([...streams.get(SOUND)!.ptsTicks]).toEqual([8000]);
  });

  it('counts on where the clock wraps around', () => {
    const { streams } = scanOf([...TABLES, ...picture(WRAP - 3000, 0), ...picture(600, 2), ...sound(WRAP - 900)]);
    expect([...streams.get(PICTURES)!.ptsTicks]).toEqual([-3000, 600]);
    expect([...streams.get(SOUND)!.ptsTicks]).toEqual([-900]);
  });

  it('passes over what belongs to no stream of the program, and what comes before its map', () => {
    const foreign = packet(0x500, Buffer.alloc(184), { counter: 5 });
    const { streams } = scanOf([...picture(0, 3), foreign, ...TABLES, foreign, ...picture(9000, 9)]);
    expect([...streams.get(PICTURES)!.ptsTicks]).toEqual([9000]);
  });

  const two = [...picture(9000, 0), ...picture(12_600, 2)];
  it.each<[string, Buffer[]]>([
    ['no tables', two],
    ['two programs', [programs(MAP_PID, 0x1001), TABLES[1]!, ...two]],
    ['a map that changes', [...TABLES, ...picture(9000, 0), programMap([0x24, PICTURES]), ...picture(12_600, 2)]],
    ['a lost packet', [...TABLES, ...picture(9000, 0), ...picture(12_600, 3)]],
    ['a discontinuity', [...TABLES, ...picture(9000, 0), ...picture(12_600, 2, { flags: DISCONTINUITY })]],
    ['a clock that jumps', [...TABLES, ...picture(9000, 0), ...picture(9000 + 11 * 90_000, 2)]],
    ['sound at another time than pictures', [...TABLES, ...picture(9000, 0), ...sound(9000 + 61 * 90_000)]],
    ['a packet without a time', [...TABLES, ...picture(9000, 0), ...packets(SOUND, Buffer.alloc(50, 0).fill(1, 2, 3))]],
    ['a packet out of step', [...TABLES, ...picture(9000, 0), Buffer.alloc(188, 0x46)]],
  ])('leaves alone: %s', (_, parts) => {
    expect(() => scanOf(parts)).toThrow(UnusualStream);
  });

  it.each([
    ['scrambled', 3, 0x80],
    ['faulty', 1, 0x80],
  ])('leaves alone what is %s', (_, place, bit) => {
    const parts = [...TABLES, ...picture(9000, 0)];
    const last = Buffer.from(parts.at(-1)!);
    last[place]! |= bit;
    expect(() => scanOf([...parts.slice(0, -1), last])).toThrow(UnusualStream);
  });
});

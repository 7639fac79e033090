import { expect, it } from 'vitest';
import { readFirstPackets } from './packets.ts';

const packet = (stream_index: number, pts_time: string, flags: string) => ({ stream_index, pts_time, flags });
const read = (...packets: unknown[]) => Object.fromEntries(readFirstPackets(packets));

it('takes what is shown first, not what is stored first', () => {
  const reordered = [packet(0, '0.08', 'K__'), packet(0, '0.24', '___'), packet(0, '0.12', '___')];
  expect(read(...reordered, packet(1, '0.02', 'K_'))).toEqual({
    0: { firstPacketSec: 0.08, shownSec: 0.08 },
    1: { firstPacketSec: 0.02, shownSec: 0.02 },
  });
});

it('leaves out what comes before the first key frame', () => {
  const cut = [packet(0, '2.92', '__'), packet(0, '2.84', '__'), packet(0, '3.48', 'K_'), packet(0, '3.4', '__')];
  expect(read(...cut)).toEqual({ 0: { firstPacketSec: 2.92, shownSec: 3.4 } });
});

it('leaves out what an edit list discards', () => {
  const trimmed = [packet(0, '-0.8', 'KD'), packet(0, '-0.68', '_D'), packet(0, '0', '__')];
  expect(read(...trimmed)).toEqual({ 0: { firstPacketSec: -0.8, shownSec: 0 } });
});

it('makes nothing of packets without times', () => {
  expect(read({ stream_index: 0, flags: 'K' }, { stream_index: 0, pts_time: 'N/A' }, null)).toEqual({});
  expect(readFirstPackets(undefined).size).toBe(0);
});

import { expect, it } from 'vitest';
import { readFirstPackets, readLengthSec } from './packets.ts';

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

it.each([
  [
    'the last to end, whatever is stored last',
    'video,0.08,0.04\nvideo,9.0,0.04\nvideo,8.9,0.04\naudio,0.0,0.02\n',
    9.04,
  ],
  ['no time is no packet', 'video,N/A,0.04\naudio,-0.007,0.02\naudio,3,N/A\n', 3.007],
  ['captions do not count', 'audio,0,0.5\nsubtitle,0,100\n', 0.5],
  ['nothing', '', null],
  ['not a length', 'video,4,N/A\n', null],
])('adds up a length: %s', (_what, printed, lengthSec) => {
  expect(readLengthSec(printed)).toBe(lengthSec);
});

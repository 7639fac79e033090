import { expect, it } from 'vitest';
import { UnusualStream } from './ts-packets.ts';
import { frameTicks, sampleRateAt, soundFrames, type TsSoundCodec } from './ts-sound.ts';

const frame = (head: string, bytes: number) => Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(bytes)], bytes);

it.each<[string, TsSoundCodec, string, number, number, number]>([
  ['AAC at 48 kHz', 'aac', 'fff14c80057ffc', 43, 48_000, 1024],
  ['AAC at 44.1 kHz with a checksum', 'aac', 'fff05080057ffc', 43, 44_100, 1024],
  ['MP3 at 48 kHz', 'mp3', 'fffb9444', 384, 48_000, 1152],
  ['MP3 at 44.1 kHz, padded', 'mp3', 'fffb9264', 418, 44_100, 1152],
  ['MP3 at 24 kHz', 'mp3', 'fff38444', 192, 24_000, 576],
  ['AC-3', 'ac3', '0b77000014', 768, 48_000, 1536],
  ['AC-3 at 44.1 kHz, the longer frames', 'ac3', '0b77000055', 836, 44_100, 1536],
  ['E-AC-3', 'eac3', '0b7701ff30', 1024, 48_000, 1536],
  ['E-AC-3 of one block', 'eac3', '0b77003f00', 128, 48_000, 256],
  ['E-AC-3 at half a rate', 'eac3', '0b7700ffc0', 512, 24_000, 1536],
])('%s', (_, codec, head, bytes, sampleRate, samples) => {
  const three = Buffer.concat([frame(head, bytes), frame(head, bytes), frame(head, bytes)]);
  expect(sampleRateAt(three, codec, 0)).toBe(sampleRate);
  expect(soundFrames(three, codec, 0, three.length)).toEqual(
    [0, 1, 2].map((n) => ({ start: n * bytes, end: (n + 1) * bytes, samples })),
  );
  expect(() => soundFrames(three, codec, 0, three.length - 1)).toThrow(UnusualStream);
  expect(() => soundFrames(three, codec, 1, three.length)).toThrow(UnusualStream);
});

it('rounds lengths as mediabunny does', () => {
  expect(frameTicks(1024, 48_000)).toBe(1920);
  expect(frameTicks(1024, 44_100)).toBe(2090);
});

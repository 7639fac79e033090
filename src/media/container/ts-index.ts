import type { TsForm } from './ts-packets.ts';
import type { TsSoundCodec } from './ts-sound.ts';
import type { VarintReader, VarintWriter } from './varints.ts';

/** Where in a transport stream the segments of one track begin, kept with its source: some ten bytes a segment. */
export interface TsIndex {
  form: TsForm;
  pid: number;
  codec: 'h264' | 'hevc' | TsSoundCodec;
  /** Of sound; zero of pictures. */
  sampleRate: number;
  /** Behind the last packet. */
  endPosition: number;
  /** Of the PES packet each segment begins with: where its first packet begins in the file, and when it is shown. */
  positions: Float64Array;
  ptsTicks: Float64Array;
  /** Of sound: how many frames of that PES packet belong to the segment before, and where the next PES packet begins. */
  skippedFrames: Uint32Array;
  nextPositions: Float64Array;
}

const CODECS = ['h264', 'hevc', 'aac', 'mp3', 'ac3', 'eac3'] as const;

export function writeTsIndex(index: TsIndex, out: VarintWriter): void {
  const { form, positions, ptsTicks, skippedFrames, nextPositions } = index;
  out.unsigned(form.offset);
  out.unsigned(form.stride);
  out.unsigned(index.pid);
  out.unsigned(CODECS.indexOf(index.codec));
  out.unsigned(index.sampleRate);
  out.unsigned(index.endPosition);
  out.unsigned(positions.length);
  let [packet, ticks] = [0, 0];
  for (let n = 0; n < positions.length; n++) {
    const own = packetOf(form, positions[n]!);
    out.signed(own - packet);
    out.signed(ptsTicks[n]! - ticks);
    if (index.sampleRate > 0) {
      out.unsigned(skippedFrames[n]!);
      out.signed(packetOf(form, nextPositions[n]!) - own);
    }
    [packet, ticks] = [own, ptsTicks[n]!];
  }
}

const packetOf = ({ offset, stride }: TsForm, position: number) => (position - offset) / stride;

/** Throws `RangeError` where the bytes end too early, or make no sense. */
export function readTsIndex(bytes: VarintReader): TsIndex {
  const form = { offset: bytes.unsigned(), stride: bytes.unsigned() };
  const [pid, codec, sampleRate] = [bytes.unsigned(), CODECS[bytes.unsigned()], bytes.unsigned()];
  const [endPosition, count] = [bytes.unsigned(), bytes.unsigned()];
  if (!codec || form.stride < 188 || form.stride > 204 || form.offset > 4) throw new RangeError('no such stream');
  // Each takes two bytes at least.
  if (count * 2 > bytes.left()) throw new RangeError('more segments than there is room for');
  const [positions, ptsTicks] = [new Float64Array(count), new Float64Array(count)];
  const [skippedFrames, nextPositions] = [new Uint32Array(count), new Float64Array(count)];
  let [packet, ticks] = [0, 0];
  for (let n = 0; n < count; n++) {
    packet += bytes.signed();
    ticks += bytes.signed();
    positions[n] = form.offset + packet * form.stride;
    ptsTicks[n] = ticks;
    if (sampleRate === 0) continue;
    skippedFrames[n] = bytes.unsigned();
    nextPositions[n] = form.offset + (packet + bytes.signed()) * form.stride;
  }
  return { form, pid, codec, sampleRate, endPosition, positions, ptsTicks, skippedFrames, nextPositions };
}

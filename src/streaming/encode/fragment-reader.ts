import type { Readable } from 'node:stream';
import { readBoxHeader } from '../../media/container/boxes.ts';
import { readFragment, readTimescale, readTrackDefaults, type Sample } from '../../media/container/fragment.ts';

/** What comes out of one ffmpeg pipe: first its header, then fragment after fragment. */
export type EncoderOutput = { kind: 'init'; init: Buffer; timescale: number } | { kind: 'samples'; samples: Sample[] };

/**
 * Reads fragmented MP4 off a pipe as it is written. Not asking for the next item stops the reading, which fills the pipe,
 * which stops ffmpeg: this is how a session waits.
 */
export async function* readEncoderOutput(pipe: Readable): AsyncGenerator<EncoderOutput> {
  const headers: Buffer[] = [];
  let defaults = { durationTicks: 0, sizeBytes: 0, flags: 0 };
  let moof: Buffer | null = null;
  for await (const box of readBoxes(pipe)) {
    const type = box.toString('latin1', 4, 8);
    if (type === 'moof') moof = box;
    else if (type === 'mdat' && moof) {
      const samples = readFragment(moof, box.subarray(8), moof.length + 8, defaults);
      moof = null;
      if (samples.length > 0) yield { kind: 'samples', samples };
    } else if (type === 'ftyp') headers.push(box);
    else if (type === 'moov') {
      headers.push(box);
      const init = Buffer.concat(headers);
      defaults = readTrackDefaults(init);
      yield { kind: 'init', init, timescale: readTimescale(init) };
    }
  }
}

/** Cuts a byte stream into whole boxes. A box cut off by the end of the stream is dropped: it was never finished. */
async function* readBoxes(pipe: Readable): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  let wanted = 16;
  for await (const chunk of pipe) {
    parts.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    while (length >= wanted) {
      const bytes: Buffer = parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
      parts = [bytes];
      const box = readBoxHeader(bytes, 0);
      if (!box) throw new Error('the encoder wrote something that is not MP4');
      if (length < box.end) {
        wanted = box.end;
        break;
      }
      yield bytes.subarray(0, box.end);
      parts = [bytes.subarray(box.end)];
      length -= box.end;
      wanted = 8;
    }
  }
}

import { tsFormOf, UnusualStream } from '../../media/container/ts-packets.ts';
import { createTsScanner, type TsScan } from '../../media/container/ts-scan.ts';
import type { ByteSource } from './source-files.ts';

/** A transport stream that has been gone through once. */
export interface TsFile {
  source: ByteSource;
  scan: TsScan;
}

const HEAD_BYTES = 512;
/** What is looked through at once: less than a millisecond's work. */
const PIECE_PACKETS = 4096;

/**
 * Goes through a transport stream from its beginning to its end, looking at nothing but the headers of packets. `pids`: of the
 * streams that are wanted. Null where it is of no usual kind: scrambled, damaged, or with a clock that jumps.
 */
export async function openTs(source: ByteSource, pids: readonly number[]): Promise<TsFile | null> {
  const form = tsFormOf(await source.read(0, HEAD_BYTES));
  if (!form) return null;
  const { offset, stride } = form;
  const packets = Math.floor((source.sizeBytes - offset - 188) / stride) + 1;
  try {
    const scanner = createTsScanner(form);
    const piece = Buffer.allocUnsafeSlow(PIECE_PACKETS * stride);
    for (let packet = 0; packet < packets; ) {
      const position = offset + packet * stride;
      const bytesRead = await source.readInto(position, [piece]);
      // A read may end early, in the middle of a packet.
      const whole = Math.min(packets - packet, Math.floor((bytesRead - 188) / stride) + 1);
      if (whole <= 0) throw new UnusualStream('a file that ends too early');
      scanner.push(piece.subarray(0, (whole - 1) * stride + 188), position);
      packet += whole;
    }
    return { source, scan: scanner.finish(pids, offset + packets * stride) };
  } catch (error) {
    if (error instanceof UnusualStream) return null;
    throw error;
  }
}

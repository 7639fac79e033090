import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { SECOND_MS } from '../../core/time.ts';
import { listPacketsArgv, pictureTypesArgv, remuxArgv } from '../../media/encode/argv-remux.ts';
import type { CutPoint } from '../../media/plan/boundaries.ts';
import { deliveredCodecString } from '../../media/plan/codecs.ts';
import { cutsOf, endOf, type RemuxPacket, readPackets } from '../../media/probe/remux-packets.ts';
import type { AudioTrack, MediaInfo, VideoTrack } from '../../media/types.ts';
import type { Ffmpeg } from '../../platform/ffmpeg.ts';

/** A track that ffmpeg can put into segments as it is, where the packager cannot. Times on ffmpeg's clock. */
export interface RemuxTrack {
  codecString: string;
  /** Pictures only: where they can be cut, from `originSec` on, and where they end. */
  cuts: (originSec: number) => CutPoint[];
  startSec: number;
  endSec: number;
}

/** Listing a track's packets reads the whole file: one that takes longer is encoded, which can begin anywhere. */
const LIST_MS = 20 * SECOND_MS;
/** Enough for a header and one fragment that ends with a key frame, or is all there is. */
const SAMPLE_PACKETS = 50;

/**
 * Finds out whether a track can be copied by ffmpeg: all its packets have times that can be relied upon, and what ffmpeg makes of
 * the first of them is understood. Null where not; it is encoded then.
 */
export async function inspectRemux(
  ffmpeg: Pick<Ffmpeg, 'probe' | 'start'>,
  path: string,
  { container }: MediaInfo,
  track: VideoTrack | AudioTrack,
): Promise<RemuxTrack | null> {
  const stream = { path, demuxer: container.demuxer, trackIndex: track.index };
  const limits = { timeoutMs: LIST_MS };
  try {
    const text = async (argv: string[]) => (await ffmpeg.probe(argv, limits)).toString('utf8');
    const reorders =
      track.kind === 'video' && (track.reorderFrames > 0 || /B/.test(await text(pictureTypesArgv(stream))));
    const packets = readPackets(await text(listPacketsArgv(stream)), reorders);
    if (!packets || packets.length < 2) return null;
    const keyed = track.kind === 'video';
    const { codec } = track;
    const sample = { startSec: null, packets: SAMPLE_PACKETS, codec, keyed, offsetSec: 10, fd: 1 };
    const argv = remuxArgv({ ...stream, ...sample });
    const codecString = await readCodecString(await ffmpeg.start(argv, limits).done, track);
    return codecString === null ? null : { codecString, ...timesOf(packets) };
  } catch {
    return null;
  }
}

function timesOf(packets: RemuxPacket[]): Omit<RemuxTrack, 'codecString'> {
  return {
    cuts: (originSec) => cutsOf(packets, originSec),
    startSec: packets.reduce((start, { ptsSec }) => Math.min(start, ptsSec), Number.POSITIVE_INFINITY),
    endSec: endOf(packets),
  };
}

/** The exact codecs string, read off what ffmpeg wrote. */
async function readCodecString(mp4: Buffer, track: VideoTrack | AudioTrack): Promise<string | null> {
  const input = new Input({ source: new BufferSource(mp4), formats: ALL_FORMATS });
  try {
    const found = track.kind === 'video' ? await input.getPrimaryVideoTrack() : await input.getPrimaryAudioTrack();
    const codecString = (await found?.getCodecParameterString()) ?? null;
    return codecString === null ? null : deliveredCodecString(codecString, track.profile);
  } finally {
    input.dispose();
  }
}

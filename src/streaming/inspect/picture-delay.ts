import { firstPicturesArgv } from '../../media/encode/argv-remux.ts';
import type { MediaInfo } from '../../media/types.ts';
import type { Ffmpeg } from '../../platform/ffmpeg.ts';

/** More frames are reordered by no codec. */
const MOST_DELAY_SEC = 1;

/**
 * By how much ffmpeg shows the pictures of an AVI too late. The container knows only when packets are stored: where pictures are
 * reordered, the first one is shown when the decoder hands it on, and with it all others, while sound begins at once. What writes
 * AVI has both begin together.
 */
export async function measurePictureDelay(
  ffmpeg: Pick<Ffmpeg, 'probe'>,
  path: string,
  { container, video: [track] }: MediaInfo,
): Promise<number> {
  if (container.name !== 'avi' || !track) return 0;
  try {
    const printed = await ffmpeg.probe(
      firstPicturesArgv({ path, demuxer: container.demuxer, trackIndex: track.index }),
    );
    const text = printed.toString('utf8');
    const stored = Number(/^packet,([\d.]+)/m.exec(text)?.[1]);
    const shown = Number(/^frame,([\d.]+)/m.exec(text)?.[1]);
    const delaySec = shown - stored;
    return delaySec > 0 && delaySec < MOST_DELAY_SEC ? delaySec : 0;
  } catch {
    // What cannot be read here is told by whoever reads it next.
    return 0;
  }
}

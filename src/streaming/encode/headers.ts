import { readTimescale } from '../../media/container/fragment.ts';
import { normaliseInit } from '../../media/container/init-segment.ts';
import { leadIn } from '../../media/container/lead-in.ts';
import { holdsSpare, isByDevice } from '../../media/container/parameter-sets.ts';
import { initArgv } from '../../media/encode/argv.ts';
import { remuxArgv } from '../../media/encode/argv-remux.ts';
import { encoderFor } from '../../media/encode/encoders/encoders.ts';
import { lackingFilters } from '../../media/encode/filters.ts';
import { audioEncoding } from '../../media/plan/audio-encodings.ts';
import type { Ffmpeg } from '../../platform/ffmpeg.ts';
import type { Hardware } from '../../platform/hardware.ts';
import type { StreamRendition, StreamSource } from '../source.ts';
import type { SegmentStore } from '../store/segment-store.ts';
import type { SessionSettings } from './encode-ports.ts';
import type { PictureEncoder } from './encode-run-argv.ts';
import { chooseEncoder } from './encode-segments.ts';
import type { EncodeSessions, SegmentAsk } from './encode-sessions.ts';

/** The init segments of encoded renditions: written by whichever encoder is at work on one first. */
export interface Headers {
  /** The init segment, stored from then on. Rejects with `FfmpegError` where none can be made. */
  get(source: StreamSource, rendition: StreamRendition, viewer?: string): Promise<Buffer>;
}

export interface HeaderPorts {
  ffmpeg: Ffmpeg;
  hardware: Hardware;
  store: SegmentStore;
  sessions: Pick<EncodeSessions, 'list' | 'make'>;
  settings: SessionSettings;
  /** Runs something short when it is its turn. */
  short: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A few packets make a header. */
const HEADER_PACKETS = 10;

export function createHeaders({ ffmpeg, hardware, store, sessions, settings, short }: HeaderPorts): Headers {
  /**
   * Players ask for the header and then for a segment: the session that makes the segment writes the header first, so
   * it is started now. Which segment that will be is known where an encoder is at the rendition already, and guessed where
   * nobody watches yet: the first. Null where it cannot be guessed, or did not come to pass.
   */
  async function fromSession(
    source: StreamSource,
    rendition: StreamRendition,
    ask: SegmentAsk,
  ): Promise<Buffer | null> {
    const own = sessions
      .list()
      .filter(({ videoId, kind }) => videoId === source.videoId && kind === rendition.spec.kind);
    const here = own.find(({ renditionId }) => renditionId === rendition.id);
    if (own.length > 0 && !here) return null;
    try {
      await sessions.make(source, rendition, here?.next ?? 0, { ...ask, header: true });
    } catch {
      return null;
    }
    return store.readInit(rendition);
  }

  /** The header does not depend on the place: one frame from the start makes the same one as any session. */
  async function encode(source: StreamSource, rendition: StreamRendition, encoder: PictureEncoder): Promise<Buffer> {
    const { info, path } = source;
    const { spec } = rendition;
    const track = info.video.find((candidate) => candidate.index === spec.trackIndex);
    const stream = { path, demuxer: info.container.demuxer, trackIndex: spec.trackIndex };
    const isRemux = spec.cut === 'remux';
    const start = { startSec: null, packets: HEADER_PACKETS, offsetSec: 10, fd: 1 };
    const argv = isRemux
      ? remuxArgv({ ...stream, ...start, codec: spec.codec, keyed: spec.kind === 'video' })
      : initArgv({
          ...stream,
          rendition: spec,
          source: track ? { ...track, lacking: lackingFilters(await ffmpeg.filters()) } : null,
          encoder: track ? encoderFor(spec.codec) : null,
          ...encoder,
          preset: settings.preset,
          crf: settings.crf,
          audioKbps: settings.audioKbps,
        });
    const raw = await short(() => ffmpeg.start(argv, { priority: 'watching', timeoutMs: 60_000 }).done);
    const { editTicks } = leadIn({
      kind: spec.kind,
      hasPicture: info.video.length > 0,
      timescale: readTimescale(raw),
      primingTicks: spec.kind === 'audio' && !isRemux ? audioEncoding(spec.codec).primingSamples : 0,
    });
    return normaliseInit(raw, editTicks, spec.kind === 'video' ? spec.level : null);
  }

  return {
    async get(source, rendition, viewer) {
      const stored = await store.readInit(rendition);
      if (stored && (!isByDevice(stored) || holdsSpare(stored))) return stored;
      const chosen = chooseEncoder(hardware, stored, rendition);
      const written = chosen.hardware ? null : await fromSession(source, rendition, { viewer });
      if (written) return written;
      // Software is given its place beforehand: players have the header already when it has to take over.
      const encoders = chosen.hardware ? [chosen, { hardware: null, inOrder: true }] : [chosen];
      const made = await Promise.allSettled(encoders.map((encoder) => encode(source, rendition, encoder)));
      for (const [n, init] of made.entries()) {
        if (init.status === 'fulfilled') await store.fitInit(rendition, init.value, Boolean(encoders[n]!.hardware));
        else if (n === 0 && chosen.hardware) hardware.failed(chosen.hardware, init.reason);
      }
      const init = await store.readInit(rendition);
      if (init) return init;
      throw made.find((one) => one.status === 'rejected')!.reason;
    },
  };
}

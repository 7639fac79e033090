import type { Bandwidth } from '../manifest/bandwidth.ts';
import type { LadderSettings, MediaInfo } from '../types.ts';

/** What is known of a track that can be cut as it is. */
export interface CopyTrack {
  /** RFC 6381, exact. */
  codecString: string;
  /** `remux`: by ffmpeg, as the packager cannot read it. Default: by the packager. */
  cut?: 'remux';
  /** What its segments, and their key frames alone, weigh; absent where only reading them all would tell. */
  bandwidth?: Bandwidth;
  keyFrames?: Bandwidth;
}

/** Copy or encode, and why: the one place that decides. */
export interface PlanInput {
  info: MediaInfo;
  /** Tracks that can be cut as they are, by stream index. */
  copy: ReadonlyMap<number, CopyTrack>;
  /** Why a track is not copied though the packager can read it, by stream index: a sentence. */
  refused?: ReadonlyMap<number, string>;
  /** `source`: its key frames make a grid that can be shared. `sparse`: they are over 10 s apart in places. */
  grids: { source: boolean; sparse: boolean };
  settings: LadderSettings;
  /** Filters that this server's ffmpeg was built without (`lackingFilters`). */
  lacking?: ReadonlySet<string>;
}

/** What people call the container of a file. */
export function containerName({ container }: MediaInfo): string {
  const names: Partial<Record<string, string>> = {
    mp4: 'MP4',
    matroska: 'Matroska',
    webm: 'WebM',
    mpegts: 'MPEG-TS',
    mpegps: 'MPEG',
  };
  return names[container.name] ?? container.name.toUpperCase();
}

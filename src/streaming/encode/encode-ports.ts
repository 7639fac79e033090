import type { Clock } from '../../platform/clock.ts';
import type { Ffmpeg } from '../../platform/ffmpeg.ts';
import type { Hardware } from '../../platform/hardware.ts';
import type { Log } from '../../platform/log.ts';
import type { Machine } from '../../platform/machine.ts';
import type { Elsewhere } from '../elsewhere/elsewhere.ts';
import type { CacheKeeper } from '../store/cache-keeper.ts';
import type { SegmentStore } from '../store/segment-store.ts';
import type { Arrivals } from './arrivals.ts';
import type { Claims } from './claims.ts';
import type { EncoderSlots } from './encoder-slots.ts';

export interface SessionSettings {
  /** How many encoders work at once. */
  sessions: number | 'auto';
  aheadSegments: number;
  preset: string;
  crf: number;
  audioKbps: number;
}

/** What encode sessions are made of. */
export interface EncodePorts {
  ffmpeg: Ffmpeg;
  hardware: Hardware;
  store: SegmentStore;
  cache: CacheKeeper;
  claims: Claims;
  arrivals: Arrivals;
  slots: EncoderSlots;
  /** Workers that encode beforehand in our place; null where none are wanted. */
  elsewhere: Elsewhere | null;
  machine: Machine;
  clock: Clock;
  log: Log;
  settings: SessionSettings;
}

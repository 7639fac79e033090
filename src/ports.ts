import type { Events } from './core/events.ts';
import type { Clock } from './platform/clock.ts';
import type { ConfigSource } from './platform/config/load.ts';
import type { Config } from './platform/config/schema.ts';
import type { DataDir } from './platform/datadir.ts';
import type { Db } from './platform/db.ts';
import type { Ffmpeg } from './platform/ffmpeg.ts';
import type { LiveHub } from './platform/live.ts';
import type { Log } from './platform/log.ts';
import type { LogBook } from './platform/log-book.ts';
import type { Queue } from './platform/queue.ts';
import type { Storage } from './platform/storage/port.ts';
import type { Streaming } from './streaming/engine.ts';

/** Everything a feature may use of the outside world: the first argument of a service verb. Ports only, no features. */
export interface App {
  /** What is in force. Read it when it is needed: admins change it while the server runs. */
  config: Config;
  configSource: ConfigSource;
  dataDir: DataDir;
  db: Db;
  queue: Queue;
  storage: Storage;
  ffmpeg: Ffmpeg;
  streaming: Streaming;
  live: LiveHub;
  events: Events;
  clock: Clock;
  log: Log;
  logBook: LogBook;
}

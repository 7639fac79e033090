import { apiRoutes } from './api.ts';
import { createEvents } from './core/events.ts';
import { newId } from './core/ids.ts';
import { noteRestored } from './features/backups/service.ts';
import { recoverImports } from './features/imports/service.ts';
import { followConfig } from './features/libraries/service.ts';
import { createLibraryWatch } from './features/libraries/watch.ts';
import { takeBrowserValues } from './features/settings/queries.ts';
import { recoverVideos } from './features/videos/recovery.service.ts';
import { createRouter } from './http/router.ts';
import { handleJobs } from './jobs.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { ConfigSource } from './platform/config/load.ts';
import type { Config } from './platform/config/schema.ts';
import type { DataDir } from './platform/datadir.ts';
import { openDatabase } from './platform/db.ts';
import { createFfmpeg } from './platform/ffmpeg.ts';
import { createHardware } from './platform/hardware.ts';
import { createLiveHub } from './platform/live.ts';
import type { Log } from './platform/log.ts';
import { openLogBook } from './platform/log-book.ts';
import { readMachine } from './platform/machine.ts';
import { loadMigrations, migrate, refuseUnfitDatabase } from './platform/migrate.ts';
import { ffmpegPaths } from './platform/natives/programs.ts';
import { createQueue } from './platform/queue.ts';
import type { Storage } from './platform/storage/port.ts';
import { STORAGE_PROOF } from './platform/workers/protocol.ts';
import { createWorkforce } from './platform/workers/workforce.ts';
import type { App } from './ports.ts';
import { react } from './reactions.ts';
import { startSchedule } from './schedule.ts';
import { createStreaming } from './streaming/engine.ts';
import { VERSION } from './version.ts';

export interface AppOptions {
  config: Config;
  /** Where the configuration came from; all defaults unless given. */
  configSource?: ConfigSource;
  dataDir: DataDir;
  /** Closed with the app. */
  storage: Storage;
  log: Log;
  clock?: Clock;
}

export interface RunningApp {
  app: App;
  router: ReturnType<typeof createRouter>;
  /** Takes up work: jobs, watching, the schedule. */
  start(): void;
  /** Stops everything in the opposite order, children included. */
  stop(): Promise<void>;
}

/** Builds the ports, migrates the database and plugs in the lists. Nothing works in the background until `start`. */
export function createApp(options: AppOptions): RunningApp {
  const { config, dataDir, storage, log, clock = systemClock } = options;
  const configSource = options.configSource ?? { origins: {}, file: null };
  const migrations = loadMigrations();
  refuseUnfitDatabase(dataDir.databasePath, migrations);
  const db = openDatabase({ path: dataDir.databasePath, log });
  migrate({ raw: db.raw, migrations, log, nowMs: clock.nowMs });
  takeBrowserValues({ config, configSource, db, log });
  const book = openLogBook({ path: dataDir.logsPath, lines: () => config.log.keepLines, nowMs: clock.nowMs });
  const endBook = log.follow(book.add);
  const events = createEvents((error, name) => log.error({ error }, `A reaction to "${name}" failed.`));
  const ffmpeg = createFfmpeg(ffmpegPaths(config.media));
  const machine = readMachine();
  const ownFills = config.encoding.concurrency;
  const lanes = {
    probe: 2,
    // With workers the lane is there in any case, also where this server encodes nothing beforehand by itself.
    encode: config.jobs.redis ? Math.max(1, ownFills) : ownFills,
    scan: 1,
    image: Math.max(1, machine.cores >> 1),
    caption: 1,
    // A server that lets one wait must not keep everybody else's waiting.
    mail: 2,
    backup: 1,
    import: config.imports.concurrency,
  };
  const ownerId = newId();
  const queue = createQueue({ db, clock, log, events, lanes, ownerId, exclusive: true });
  const workforce = config.jobs.redis
    ? createWorkforce({
        url: config.jobs.redis,
        clock,
        log,
        self: { id: ownerId, name: config.instance.name, version: VERSION },
        announce: () => storage.put(STORAGE_PROOF, Buffer.from(ownerId)).then(() => {}),
      })
    : null;
  // A job for each that they make at once, and one that is being ended: they never wait for the next.
  workforce?.follow(() => queue.resize('encode', Math.max(lanes.encode, workforce.slots() && workforce.slots() + 1)));
  const hardware = createHardware({
    ffmpeg,
    clock,
    log,
    settings: config.encoding,
    folder: dataDir.path,
    tmpFolder: dataDir.tmpPath,
  });
  const streaming = createStreaming({
    storage,
    ffmpeg,
    hardware,
    clock,
    log,
    machine,
    settings: config.encoding,
    workforce,
    cacheBytes: () => config.cache.segmentsGb * 1e9,
  });
  const live = createLiveHub();
  const app: App = {
    config,
    configSource,
    dataDir,
    db,
    queue,
    storage,
    ffmpeg,
    streaming,
    live,
    events,
    clock,
    log,
    logBook: book,
  };

  handleJobs(app);
  react(app);
  const router = createRouter(app, apiRoutes(app));
  const watch = createLibraryWatch(app);
  let stopSchedule = () => {};
  return {
    app,
    router,
    start() {
      followConfig(app);
      noteRestored(app);
      recoverVideos(app);
      recoverImports(app);
      hardware.start();
      workforce?.start();
      queue.start();
      watch.start();
      stopSchedule = startSchedule(app);
    },
    async stop() {
      live.close();
      stopSchedule();
      await watch.stop();
      await queue.stop();
      await streaming.close();
      await workforce?.close();
      await hardware.close();
      await ffmpeg.close();
      await storage.close();
      db.close();
      endBook();
      book.close();
      dataDir.close();
    },
  };
}

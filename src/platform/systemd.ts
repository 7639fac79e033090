import { execFile } from 'node:child_process';

/**
 * What a service manager is told (sd_notify(3), systemd's `Type=notify`). Node knows no unix datagram sockets, so systemd's own
 * `systemd-notify` says it; the unit needs `NotifyAccess=all` for that.
 */
export interface Service {
  /** It can serve. From now on the watchdog is fed, where there is one. */
  ready(): void;
  /** It has been asked to stop, and is doing so. */
  stopping(): void;
}

export interface ServiceOptions {
  /** What was said to the process: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`. These are taken out, children have no use for them. */
  env: Record<string, string | undefined>;
  pid: number;
  warn(message: string): void;
}

/** Says nothing where nobody listens: no systemd, or a unit of another type. */
export function createService({ env, pid, warn }: ServiceOptions): Service {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC, WATCHDOG_PID } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  if (!socket) return { ready() {}, stopping() {} };

  let hasWarned = false;
  const tell = (...assignments: string[]) => {
    execFile('systemd-notify', assignments, { env: { ...env, NOTIFY_SOCKET: socket } }, (error) => {
      if (!error || hasWarned) return;
      hasWarned = true;
      warn(`systemd cannot be told how Kinora is doing, since systemd-notify did not work: ${error.message.trim()}`);
    });
  };
  // Twice as often as asked for (sd_watchdog_enabled(3)). A process that is stuck has no timers, and is started anew.
  const watchdogMs = !WATCHDOG_PID || Number(WATCHDOG_PID) === pid ? Number(WATCHDOG_USEC ?? 0) / 1000 : 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    ready() {
      tell('READY=1', 'STATUS=Serving.');
      if (watchdogMs > 0) timer = setInterval(() => tell('WATCHDOG=1'), watchdogMs / 2).unref();
    },
    stopping() {
      clearInterval(timer);
      tell('STOPPING=1', 'STATUS=Stopping.');
    },
  };
}

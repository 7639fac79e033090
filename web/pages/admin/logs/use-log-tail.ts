import { useEffect, useState } from 'preact/hooks';
import type { LogLevel, LogLineWire } from '../../../../src/features/logs/api.ts';
import { socketUrl } from '../../../lib/base.ts';

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };
/** Beyond these the list below has them. */
const MOST = 500;
const AGAIN_MS = 3000;

export interface Fit {
  level?: LogLevel;
  q?: string;
}

/** Whether a line is one of those that are searched for, as the server decides it. */
function fits(line: LogLineWire, { level, q }: Fit): boolean {
  if (level && RANK[line.level] < RANK[level]) return false;
  return !q || `${line.text}\n${JSON.stringify(line.fields)}`.toLowerCase().includes(q.toLowerCase());
}

/** Lines as they are written, newest first, while `isOn`; they begin anew with another filter. */
export function useLogTail(isOn: boolean, filter: Fit): LogLineWire[] {
  const [lines, setLines] = useState<LogLineWire[]>([]);
  const { level, q } = filter;
  useEffect(() => {
    setLines([]);
    if (!isOn) return;
    let socket: WebSocket;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const connect = () => {
      socket = new WebSocket(socketUrl('ws/logs/'));
      socket.onmessage = (event) => {
        const line = JSON.parse(String(event.data)) as LogLineWire;
        if (fits(line, { level, q })) setLines((known) => [line, ...known].slice(0, MOST));
      };
      socket.onclose = () => {
        if (!ended) timer = setTimeout(connect, AGAIN_MS);
      };
    };
    connect();
    return () => {
      ended = true;
      clearTimeout(timer);
      socket.close();
    };
  }, [isOn, level, q]);
  return lines;
}

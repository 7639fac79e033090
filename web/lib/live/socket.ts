import type { LiveMessage } from '../../../src/features/live/api.ts';
import { socketUrl } from '../base.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export interface LiveHandlers {
  onMessage(message: LiveMessage): void;
  /** Called when a lost connection is back: what happened meanwhile was not heard. */
  onReconnect(): void;
  /** The server has closed it because the session ended, or may do other things now. */
  onDismissed(): void;
}

/** Keeps one WebSocket open, coming back with growing pauses. Returns the way to close it. */
export function openLive({ onMessage, onReconnect, onDismissed }: LiveHandlers): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let wasOpen = false;
  let closed = false;

  function connect(): void {
    clearTimeout(timer);
    socket = new WebSocket(socketUrl('ws/uploads/'));
    socket.onopen = () => {
      failures = 0;
      if (wasOpen) onReconnect();
      wasOpen = true;
    };
    socket.onmessage = (event) => onMessage(JSON.parse(String(event.data)) as LiveMessage);
    socket.onclose = ({ code }) => {
      if (closed) return;
      // 1008: policy violation (RFC 6455 section 7.4.1).
      if (code === 1008) onDismissed();
      if (closed) return;
      // A little chance in the pause, so that not everybody knocks at once after a restart.
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++) * (0.75 + Math.random() / 2);
      timer = setTimeout(connect, wait);
    };
  }

  const hurry = () => {
    if (!closed && socket?.readyState === WebSocket.CLOSED) connect();
  };
  addEventListener('online', hurry);
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    removeEventListener('online', hurry);
    socket?.close();
  };
}

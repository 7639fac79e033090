import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';

/** A client that takes not a byte for so long is gone, or means to hold what we keep for it. */
const STUCK_MS = 60_000;

export interface NodeAnswer {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

/** Node's own request and response; null where a request did not come over a socket: tests that call the app directly. */
export function nodeOf(c: Context): NodeAnswer | null {
  const { incoming, outgoing } = (c.env ?? {}) as Partial<NodeAnswer>;
  return incoming && outgoing ? { incoming, outgoing } : null;
}

/** Ends the connection when a client stops reading its answer. Node counts every byte that is taken. */
export function stopWhenStuck({ outgoing }: NodeAnswer): void {
  outgoing.setTimeout(STUCK_MS);
}

/** Calls `over` once the answer has been sent, or its connection is gone. */
export function whenOver({ incoming, outgoing }: NodeAnswer, over: () => void): void {
  const { socket } = incoming;
  if (socket.destroyed) {
    over();
    return;
  }
  const once = () => {
    outgoing.off('close', once);
    socket.off('close', once);
    over();
  };
  outgoing.once('close', once);
  // An answer that waits behind another one on its connection is told nothing when that breaks.
  if (!outgoing.socket) socket.once('close', once);
}

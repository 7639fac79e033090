/** The WebSocket hub: who is connected, and telling them things. Knows no feature; messages are JSON objects. */
export interface LiveHub {
  /** Adds a connection; returns the function that removes it. */
  join(connection: LiveConnection): () => void;
  /** Sends to every connection for which `wanted` says so. */
  send(message: object, wanted: (connection: LiveConnection) => boolean): void;
  /** Says goodbye to some of them; browsers come back by themselves, as who they are then. */
  disconnect(which: (connection: LiveConnection) => boolean, reason: string): void;
  count(): number;
  /** Says goodbye to everybody. */
  close(): void;
}

export interface LiveConnection {
  /** What it is told of, by the name in its address: `uploads`, `logs`. */
  topic: string;
  userId: string;
  /** Whose end ends the connection; null where there is none. */
  sessionHash: string | null;
  isAdmin: boolean;
  send(text: string): void;
  close(code: number, reason: string): void;
}

export function createLiveHub(): LiveHub {
  const connections = new Set<LiveConnection>();
  return {
    join(connection) {
      connections.add(connection);
      return () => connections.delete(connection);
    },
    send(message, wanted) {
      let text: string | null = null;
      for (const connection of connections) {
        if (!wanted(connection)) continue;
        text ??= JSON.stringify(message);
        connection.send(text);
      }
    },
    disconnect(which, reason) {
      for (const connection of connections) {
        if (!which(connection)) continue;
        connections.delete(connection);
        // 1008: policy violation (RFC 6455 section 7.4.1).
        connection.close(1008, reason);
      }
    },
    count: () => connections.size,
    close() {
      // 1001: going away (RFC 6455 section 7.4.1); browsers come back by themselves.
      for (const connection of connections) connection.close(1001, 'The server is stopping.');
      connections.clear();
    },
  };
}

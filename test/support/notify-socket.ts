import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What systemd has at the other end of NOTIFY_SOCKET: a unix datagram socket, here in Python, since Node has none. It closes
 * the descriptor that comes with BARRIER=1, which is what `systemd-notify` waits for.
 */
const RECEIVER = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(65536, socket.CMSG_SPACE(64))
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            for fd in array.array("i", content): os.close(fd)
    for line in data.decode().splitlines(): print(line, flush=True)
`;

export interface NotifySocket {
  path: string;
  /** Every assignment that was received, in order: `READY=1`. */
  received: string[];
  close(): void;
}

export async function openNotifySocket(): Promise<NotifySocket> {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-notify-'));
  const path = join(folder, 'notify');
  const child = spawn('python3', ['-c', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const received: string[] = [];
  let rest = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (line === 'listening') resolve();
        else received.push(line);
      }
    });
  });
  return {
    path,
    received,
    close() {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

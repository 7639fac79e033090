import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Other people's players, of Debian's packages, each told to write down what it shows and sounds instead of playing it. A file
 * of theirs keeps the times at which picture and sound would have come out.
 */

const run = promisify(execFile);
const PATIENCE_MS = 120_000;

export const PLAYERS = ['ffmpeg', 'mpv', 'GStreamer', 'VLC'] as const;
export type Player = (typeof PLAYERS)[number];

/** Whether it is installed. On CI all are: `scripts/run/suites.mjs` sees to it. */
export function isInstalled(player: Player): boolean {
  const command = { ffmpeg: null, mpv: 'mpv', GStreamer: 'gst-launch-1.0', VLC: 'cvlc' }[player];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return command === null || folders.some((folder) => existsSync(join(folder, command)));
}

export interface Recording {
  path: string;
  /** What it complained of on the way. */
  complaints: string;
}

/** A folder that any user may write to: VLC refuses to be root. */
export function recordingFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'kinora-players-'));
  chmodSync(path, 0o777);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Plays a stream to its end as fast as it comes. Rejects where the player gives up, with what it said. */
export async function record(player: Player, url: string, folder: string, hasPicture: boolean): Promise<Recording> {
  const path = join(folder, `${player}-${process.hrtime.bigint()}.${player === 'VLC' ? 'mkv' : EXTENSIONS[player]}`);
  const [command, ...argv] = commandOf(player, url, path, hasPicture, folder);
  const env = { ...process.env, GST_DEBUG: 'adaptivedemux2:1' };
  const play = () => run(command!, argv, { timeout: PATIENCE_MS, maxBuffer: 1 << 26, cwd: folder, env });
  const { stdout, stderr } = await play().catch((error: Error) => {
    if (!error.message.includes(OUTRUN)) throw error;
    return play();
  });
  return { path, complaints: `${stdout}${stderr}`.trim() };
}

/**
 * GStreamer 1.22 stumbles over itself where a short film has been fetched to its end before its pads are there: it then says that
 * fragments could not be downloaded, without having asked for one that did not come. One time in some 300 on a busy machine.
 */
const OUTRUN = "Can't push EOS on non-exposed pad";

const EXTENSIONS = { ffmpeg: 'nut', mpv: 'nut', GStreamer: 'mkv' };

function commandOf(player: Player, url: string, path: string, hasPicture: boolean, home: string): string[] {
  switch (player) {
    case 'ffmpeg': {
      const raw = ['-c:v', 'rawvideo', '-fps_mode', 'passthrough', '-enc_time_base', '1:90000', '-c:a', 'pcm_s16le'];
      const ffmpeg = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
      return [ffmpeg, '-hide_banner', '-nostdin', '-v', 'warning', '-xerror', '-copyts', '-i', url, ...raw, path];
    }
    case 'mpv': {
      const quiet = ['--no-config', '--msg-level=all=warn', '--no-terminal'];
      return ['mpv', ...quiet, `--o=${path}`, '--of=nut', '--ovc=rawvideo', '--oac=pcm_s16le', url];
    }
    case 'GStreamer': {
      const queue = ['!', 'queue', 'max-size-time=0', 'max-size-bytes=0', 'max-size-buffers=0', '!'];
      const picture = ['d.', ...queue, 'videoconvert', '!', 'video/x-raw,format=I420', '!', 'm.'];
      const sound = ['d.', ...queue, 'audioconvert', '!', 'audio/x-raw,format=S16LE', '!', 'm.'];
      const file = ['matroskamux', 'name=m', '!', 'filesink', `location=${path}`];
      return [
        'gst-launch-1.0',
        ...['-q', '-e', ...file, 'uridecodebin3', `uri=${url}`, 'name=d'],
        ...(hasPicture ? picture : []),
        ...sound,
      ];
    }
    case 'VLC': {
      const codecs = hasPicture ? 'vcodec=mp2v,vb=4000,acodec=s16l' : 'acodec=s16l';
      const out = `std{access=file,mux=avformat{mux=matroska},dst=${path}}`;
      const vlc = ['cvlc', '--quiet', '--play-and-exit', '--no-repeat', '--sout', `#transcode{${codecs}}:${out}`, url];
      return process.getuid?.() === 0 ? [...AS_NOBODY, `HOME=${home}`, ...vlc] : vlc;
    }
  }
}

const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env'];

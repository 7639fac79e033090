import { describe, expect, test } from 'vitest';
import { file, line, plain } from '../../../test/support/argv.ts';
import { coverArgv, framesArgv, posterArgv, storyboardArgv } from './argv-images.ts';

describe('stills', () => {
  test('poster', () => {
    expect(line(posterArgv({ ...file, atSec: 12.5, source: plain, width: 1280 }))).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -noaccurate_seek -seek_timestamp 1 -ss 12.5 -protocol_whitelist file,pipe -f matroska -i 'file:/films/a film; rm -rf.mkv' -map 0:0 -vf scale=1280:720,setsar=1,format=yuvj420p -frames:v 1 -map_metadata -1 -c:v mjpeg -q:v 3 -f image2pipe pipe:1"`,
    );
  });

  test('storyboard', () => {
    const plan = { tileWidth: 240, tileHeight: 136, columns: 5, rows: 5, intervalSec: 2, tiles: 30 };
    expect(
      line(storyboardArgv({ ...file, source: plain, plan, decode: 'keys', folder: '/tmp/x' })),
    ).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -skip_frame nokey -discard:0 nokey -protocol_whitelist file,pipe -f matroska -i 'file:/films/a film; rm -rf.mkv' -map 0:0 -vf fps=1/2:round=near:start_time=0:eof_action=pass,scale=240:136:flags=bilinear,setsar=1,tpad=stop=-1:stop_mode=clone,trim=end_frame=30,tile=5x5,format=yuvj420p -map_metadata -1 -c:v mjpeg -q:v 3 -f image2 -start_number 0 /tmp/x/sheet-%05d.jpg"`,
    );
  });

  test('storyboard of a film of key frames, turned', () => {
    const plan = { tileWidth: 76, tileHeight: 136, columns: 5, rows: 5, intervalSec: 1, tiles: 3 };
    const argv = storyboardArgv({
      ...file,
      source: plain,
      plan,
      decode: 'all',
      turn: { rotation: 90 },
      folder: '/tmp/x',
    });
    expect(argv).not.toContain('nokey');
    expect(argv.join(' ')).toContain('fps=1/1:round=near:start_time=0:eof_action=pass,transpose=clock,scale=76:136');
  });

  test('frames to choose from', () => {
    const frames = { ...file, source: plain, width: 1280, folder: '/tmp/x' };
    expect(line(framesArgv({ ...frames, picking: { turn: { rotation: 180, mirrored: true } } }))).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -protocol_whitelist file,pipe -f matroska -i 'file:/films/a film; rm -rf.mkv' -map 0:0 -vf vflip,hflip,vflip,scale=1280:720,setsar=1,format=yuvj420p,setpts=N/25/TB -fps_mode passthrough -enc_time_base 1:25 -map_metadata -1 -c:v mjpeg -q:v 3 -f image2 -start_number 0 /tmp/x/frame-%02d.jpg"`,
    );
    expect(line(framesArgv({ ...frames, picking: { everySec: 2, frames: 8 } }))).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -t 16 -protocol_whitelist file,pipe -f matroska -i 'file:/films/a film; rm -rf.mkv' -map 0:0 -vf fps=1/2,scale=1280:720,setsar=1,format=yuvj420p -map_metadata -1 -c:v mjpeg -q:v 3 -f image2 -start_number 0 /tmp/x/frame-%02d.jpg"`,
    );
  });

  test('cover', () => {
    expect(line(coverArgv({ ...file, trackIndex: 2 }))).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -protocol_whitelist file,pipe -f matroska -i 'file:/films/a film; rm -rf.mkv' -map 0:2 -frames:v 1 -map_metadata -1 -c:v mjpeg -q:v 3 -f image2pipe pipe:1"`,
    );
  });
});

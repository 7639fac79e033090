import { describe, expect, test } from 'vitest';
import { file, line, plain } from '../../../test/support/argv.ts';
import type { AudioRendition, VideoRendition } from '../types.ts';
import { encodeAudioArgv, encodeVideoArgv, initArgv, probeArgv } from './argv.ts';
import { coverArgv } from './argv-images.ts';
import type { EncodeAudioOptions, EncodeVideoOptions } from './encode-options.ts';
import type { PictureSource } from './filters.ts';

const p720 = { width: 1280, height: 720, level: 31, bitrateKbps: 2500, peakKbps: 3800 };
const p360 = { width: 640, height: 360, level: 30, bitrateKbps: 700, peakKbps: 1100 };

const encode = (more: Partial<EncodeVideoOptions> = {}) =>
  encodeVideoArgv({
    ...file,
    startSec: null,
    durationSec: null,
    keyFramesSec: [],
    outputs: [{ rendition: p720, encoder: 'libx264', fd: 3 }],
    source: plain,
    preset: 'veryfast',
    crf: 22,
    offsetSec: 10,
    ...more,
  });
const after = (argv: string[], flag: string) => argv[argv.indexOf(flag) + 1];
const graph = (more: Partial<EncodeVideoOptions>) => after(encode(more), '-filter_complex');

test('ffprobe', () => {
  expect(line(probeArgv({ path: '/films/a.mp4', demuxer: 'mov' }))).toMatchInlineSnapshot(
    `"-hide_banner -v error -show_format -show_streams -show_chapters -show_packets -of json -read_intervals %+#64 -protocol_whitelist file,pipe -f mov -i file:/films/a.mp4"`,
  );
  expect(line(probeArgv({ path: '/films/a.ts', demuxer: 'mpegts' }))).toContain('-probesize 50M -analyzeduration 30M');
});

describe('encoding pictures', () => {
  test('a device for one rung, software that keeps pictures in order for the other', () => {
    const device = { family: 'vaapi', encoder: 'h264_vaapi', codec: 'h264', lowPower: false } as const;
    const hardware = { ...device, device: '/dev/dri/renderD128' };
    const argv = encode({
      outputs: [
        { rendition: p720, encoder: 'libx264', hardware, inOrder: true, fd: 3 },
        { rendition: p360, encoder: 'libx264', hardware: null, inOrder: true, fd: 4 },
      ],
    });
    expect(argv.indexOf('-init_hw_device')).toBeLessThan(argv.indexOf('-i'));
    expect(argv.filter((word) => word === '-init_hw_device')).toHaveLength(1);
    expect(after(argv, '-filter_complex')).toMatch(/format=nv12,hwupload\[v0\];\[s1\](?!.*hwupload)/);
    const [first, second] = argv.join(' ').split('-map [v1]');
    expect(first).toContain('-c:v h264_vaapi');
    expect(second).toMatch(/-c:v libx264 .*-bf 0 /);
  });

  test('one rung, all of it', () => {
    expect(line(encode())).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -copyts -protocol_whitelist file,pipe -f matroska -i 'file:/films/a film; rm -rf.mkv' -filter_complex [0:0]scale=1280:720:flags=bicubic:out_range=tv,setsar=1,format=yuv420p,setparams=range=tv:colorspace=bt709[v0] -map [v0] -c:v libx264 -preset veryfast -profile:v high -level:v 3.1 -crf 22 -maxrate 3230k -bufsize 3230k -g 9999 -keyint_min 1 -sc_threshold 0 -fps_mode vfr -enc_time_base 1:90000 -video_track_timescale 90000 -avoid_negative_ts disabled -output_ts_offset 10 -use_editlist 0 -map_metadata -1 -map_chapters -1 -fflags +bitexact -f mp4 -movflags frag_keyframe+empty_moov+default_base_moof+skip_trailer+frag_discont pipe:3"`,
    );
  });

  test('two rungs, a range of it', () => {
    const argv = encode({
      startSec: 7.9995,
      durationSec: 8,
      keyFramesSec: [11.9995],
      outputs: [
        { rendition: p720, encoder: 'libx264', fd: 3 },
        { rendition: p360, encoder: 'libx264', fd: 4 },
      ],
      threads: 2,
    });
    expect(line(argv)).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -copyts -noaccurate_seek -seek_timestamp 1 -ss 7.9995 -protocol_whitelist file,pipe -f matroska -i 'file:/films/a film; rm -rf.mkv' -filter_complex '[0:0]trim=start=7.9995:end=15.9995,scale=1280:720:flags=bicubic:out_range=tv,setsar=1,format=yuv420p,setparams=range=tv:colorspace=bt709,split[v0][s1];[s1]scale=640:360:flags=lanczos:out_range=tv,setsar=1,format=yuv420p,setparams=range=tv:colorspace=bt709[v1]' -map [v0] -c:v libx264 -preset veryfast -profile:v high -level:v 3.1 -crf 22 -maxrate 3230k -bufsize 3230k -g 9999 -keyint_min 1 -sc_threshold 0 -threads 2 -fps_mode vfr -enc_time_base 1:90000 -video_track_timescale 90000 -force_key_frames 11.9995 -avoid_negative_ts disabled -output_ts_offset 10 -use_editlist 0 -map_metadata -1 -map_chapters -1 -fflags +bitexact -f mp4 -movflags frag_keyframe+empty_moov+default_base_moof+skip_trailer+frag_discont pipe:3 -map [v1] -c:v libx264 -preset veryfast -profile:v high -level:v 3.0 -crf 22 -maxrate 935k -bufsize 935k -g 9999 -keyint_min 1 -sc_threshold 0 -threads 2 -fps_mode vfr -enc_time_base 1:90000 -video_track_timescale 90000 -force_key_frames 11.9995 -avoid_negative_ts disabled -output_ts_offset 10 -use_editlist 0 -map_metadata -1 -map_chapters -1 -fflags +bitexact -f mp4 -movflags frag_keyframe+empty_moov+default_base_moof+skip_trailer+frag_discont pipe:4"`,
    );
  });

  describe('each size comes from the next larger one', () => {
    const rungs = [p360, { ...p720, width: 1920, height: 1080 }, p720];
    const outputs = rungs.map((rendition, n) => ({ rendition, encoder: 'libx264', fd: 3 + n }));
    const scales = (more: Partial<EncodeVideoOptions>) =>
      [...graph({ outputs, ...more })!.matchAll(/(\[[^\]]+\])[^;]*?scale=(\d+):\d+:flags=(\w+)/g)].map((m) =>
        m.slice(1),
      );

    test('whatever their order, the first time softly', () => {
      expect(scales({})).toEqual([
        ['[0:0]', '1920', 'bicubic'],
        ['[s1]', '1280', 'bicubic'],
        ['[s2]', '640', 'lanczos'],
      ]);
      expect(graph({ outputs })).toMatch(/split\[v1\]\[s1\];.*split\[v2\]\[s2\];.*\[v0\]$/);
    });

    test('the largest has been scaled already', () => {
      const uhd = { ...plain, width: 3840, height: 2160 };
      expect(scales({ source: uhd }).map(([, , flags]) => flags)).toEqual(['bicubic', 'lanczos', 'lanczos']);
    });

    test('what only one of them needs is done behind the fork', () => {
      const device = { family: 'vaapi', encoder: 'h264_vaapi', codec: 'h264', lowPower: false } as const;
      const hardware = { ...device, device: '/dev/dri/renderD128' };
      const [small, large] = outputs;
      const mixed = graph({ outputs: [{ ...large!, hardware }, small!], originSec: -2 });
      expect(mixed).toMatch(/split\[o0\]\[s1\];\[o0\]setpts=PTS\+2\/TB,.*hwupload\[v0\];\[s1\]scale=640/);
      expect(mixed).toMatch(/setpts=PTS\+2\/TB\[v1\]$/);
    });
  });

  test.each([
    [
      'libx264',
      31,
      '-c:v libx264 -preset veryfast -profile:v high -level:v 3.1 -crf 22 -maxrate 3230k -bufsize 3230k -g 9999 -keyint_min 1 -sc_threshold 0 -threads 4',
    ],
    [
      'libx265',
      93,
      '-c:v libx265 -preset veryfast -profile:v main -tag:v hvc1 -crf 25 -maxrate 3230k -bufsize 3230k -x265-params log-level=error:repeat-headers=0:info=0:open-gop=0:scenecut=0:keyint=9999:min-keyint=1:level-idc=3.1:high-tier=0:pools=4',
    ],
    [
      'libsvtav1',
      5,
      '-c:v libsvtav1 -preset 10 -crf 35 -maxrate 3230k -bufsize 3230k -g 9999 -svtav1-params enable-force-key-frames=1:scd=0:level=31:lp=4',
    ],
    [
      'libvpx-vp9',
      31,
      '-c:v libvpx-vp9 -profile:v 0 -deadline realtime -cpu-used 7 -row-mt 1 -qmin 33 -qmax 63 -b:v 2660k -minrate 2660k -maxrate 2660k -bufsize 2660k -undershoot-pct 100 -overshoot-pct 0 -rc_init_occupancy 2660k -g 9999 -keyint_min 1 -threads 4',
    ],
  ])('by %s', (encoder, level, expected) => {
    const argv = encode({ outputs: [{ rendition: { ...p720, level }, encoder, fd: 3 }], threads: 4 });
    expect(line(argv.slice(argv.indexOf('-c:v'), argv.indexOf('-fps_mode')))).toBe(expected);
  });

  test.each<[string, Partial<EncodeVideoOptions>, string | undefined]>([
    ['from the start', {}, undefined],
    ['anywhere', { startSec: 20 }, '20'],
    [
      'on a key frame of Matroska, which ffmpeg enters early for reordered frames',
      { startSec: 19.9995, startsOnKey: true },
      '20.130935',
    ],
    [
      'on a key frame of Matroska without reordering',
      { startSec: 19.9995, startsOnKey: true, source: { ...plain, reorderFrames: 0 } },
      '20.0005',
    ],
    ['on a key frame of MP4', { startSec: 19.9995, startsOnKey: true, demuxer: 'mov' }, '20.0005'],
    ['anywhere without an index', { startSec: 20, demuxer: 'mpegts' }, '10'],
    ['on a key frame without an index', { startSec: 20, startsOnKey: true, demuxer: 'mpegts' }, '19.8'],
  ])('enters the file %s', (_, more, seek) => {
    const argv = encode(more);
    expect(argv.includes('-ss') ? after(argv, '-ss') : undefined).toBe(seek);
  });

  test.each<[string, Partial<EncodeVideoOptions>, string]>([
    ['a range', { startSec: 4, durationSec: 4 }, 'trim=start=4:end=8'],
    ['the first part, from presentation zero', { originSec: 1.4, durationSec: 4 }, 'trim=end=5.4'],
    ['the first part, from the first frame', { durationSec: 4 }, 'trim=duration=4'],
    ['the rest', { startSec: 4 }, 'trim=start=4,'],
  ])('cuts %s', (_, more, filter) => {
    expect(graph(more)).toContain(filter);
  });

  const bt709 = 'setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709[v0]';
  test.each<[string, Partial<PictureSource>, string[]]>([
    ['named colours are kept', {}, ['setparams=range=tv:colorspace=bt709[v0]']],
    ['unnamed ones are named: HD', { colorSpace: null }, [bt709]],
    [
      'unnamed ones are named: SD',
      { colorSpace: null, width: 720, height: 576 },
      ['colorspace=smpte170m:color_primaries=smpte170m'],
    ],
    ['RGB', { colorSpace: 'gbr', pixelFormat: 'gbrp' }, ['out_color_matrix=bt709', bt709]],
    ['interlaced', { interlaced: true }, ['[0:0]bwdif=mode=send_frame,scale']],
    [
      'transparent',
      { hasAlpha: true, codec: 'prores' },
      ['format=yuva444p,premultiply=inplace=1,format=yuv444p,scale'],
    ],
    [
      'HDR10',
      { range: 'pq', colorSpace: 'bt2020nc' },
      ['zscale=w=1280:h=720:tin=smpte2084', 'tonemap=mobius:desat=0', bt709],
    ],
    ['HLG', { range: 'hlg', colorSpace: 'bt2020nc' }, ['tin=arib-std-b67', bt709]],
  ])('prepares pictures: %s', (_, source, parts) => {
    for (const part of parts) expect(graph({ source: { ...plain, ...source } })).toContain(part);
  });

  test.each<[string, object, string[], string[], string[]]>([
    ['HDR without zscale', { range: 'pq' }, ['zscale'], ['lutrgb=r=', 'format=gbrp16le', bt709], ['zscale', 'tonemap']],
    ['HLG without tonemap', { range: 'hlg' }, ['tonemap'], ['lutrgb=r=', bt709], ['zscale', 'tonemap']],
    ['interlaced without bwdif', { interlaced: true }, ['bwdif'], ['[0:0]yadif=mode=send_frame,scale'], ['bwdif']],
    ['interlaced without any', { interlaced: true }, ['bwdif', 'yadif'], ['[0:0]scale'], ['bwdif', 'yadif']],
    ['transparent', { hasAlpha: true, codec: 'prores' }, ['premultiply'], ['[0:0]scale'], ['premultiply']],
  ])('does without what an ffmpeg lacks: %s', (_, source, lacking, parts, gone) => {
    const printed = graph({ source: { ...plain, ...source, lacking: new Set(lacking) } });
    for (const part of parts) expect(printed).toContain(part);
    for (const part of gone) expect(printed).not.toContain(part);
  });

  test('VP9 with alpha is decoded by the one decoder that reads it', () => {
    expect(line(encode({ source: { ...plain, codec: 'vp9', hasAlpha: true } }))).toContain('-c:v libvpx-vp9 -copyts');
    expect(line(encode({ source: { ...plain, codec: 'vp9' } }))).not.toContain('libvpx');
  });

  test('no time is negative, however the clock of the source began', () => {
    const argv = line(encode({ originSec: -2.4, startSec: 1.6, keyFramesSec: [5.6] }));
    expect(argv).toContain('trim=start=1.6');
    expect(argv).toContain('setpts=PTS+3/TB');
    expect(argv).toContain('-force_key_frames 8.6');
    expect(argv).toContain('-output_ts_offset 7');
    expect(line(encode({ originSec: 0 }))).not.toContain('setpts=PTS');
  });

  test('above 60 frames a second, frames are left out but those at boundaries', () => {
    expect(graph({ source: { ...plain, frameRate: 60 } })).not.toContain('select');
    expect(graph({ source: { ...plain, frameRate: 119.88 }, keyFramesSec: [3.9995, 7.9995] })).toContain(
      "select='isnan(prev_selected_t)+key+gt(floor(t*59.94+0.1),floor(prev_selected_t*59.94+0.1))+gt(floor((t-3.9995)/4),floor((prev_t-3.9995)/4))'",
    );
  });
});

describe('encoding sound', () => {
  const sound: EncodeAudioOptions = {
    ...file,
    trackIndex: 1,
    originSec: 0,
    startFrame: null,
    durationSec: null,
    codec: 'aac',
    channels: 2,
    sourceChannels: 2,
    kbps: 160,
    offsetSec: 10,
    fd: 3,
  };

  test('many channels are mixed down without exceeding full scale', () => {
    const limited = 'channel_layouts=stereo,alimiter=limit=0.95:attack=5:release=50:level=0,asetpts=PTS-240,aresample';
    expect(line(encodeAudioArgv({ ...sound, sourceChannels: 6 }))).toContain(limited);
  });

  test('all of it', () => {
    expect(line(encodeAudioArgv(sound))).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -copyts -protocol_whitelist file,pipe -f matroska -i 'file:/films/a film; rm -rf.mkv' -filter_complex [0:1]aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo,aresample=48000:async=1:first_pts=0,atrim=start_pts=0[a0] -map [a0] -c:a aac -profile:a aac_low -b:a 160k -ar 48000 -avoid_negative_ts disabled -output_ts_offset 10 -use_editlist 0 -map_metadata -1 -map_chapters -1 -fflags +bitexact -f mp4 -movflags empty_moov+default_base_moof+skip_trailer+frag_discont -frag_duration 500000 pipe:3"`,
    );
  });

  test.each<[string, Partial<EncodeAudioOptions>, seek: string | undefined, filters: string[]]>([
    [
      'zero is where the presentation begins',
      { originSec: 1.4 },
      undefined,
      ['first_pts=67200', 'atrim=start_pts=67200[a0]'],
    ],
    ['a part', { durationSec: 4 }, undefined, ['atrim=start_pts=0:end_pts=192000[a0]']],
    [
      'from a frame on',
      { startFrame: 1000 },
      '20.82',
      ['[0:1]atrim=start=21.12,', 'first_pts=1013760', 'atrim=start_pts=1024000[a0]'],
    ],
    ['without an index', { startFrame: 1000, demuxer: 'mpegts' }, '19.12', ['atrim=start=21.12,']],
    ['mono', { channels: 1 }, undefined, ['channel_layouts=mono']],
    ['5.1 becomes stereo', { channels: 6 }, undefined, ['channel_layouts=stereo']],
  ])('%s', (_, more, seek, filters) => {
    const argv = encodeAudioArgv({ ...sound, ...more });
    expect(argv.includes('-ss') ? after(argv, '-ss') : undefined).toBe(seek);
    for (const filter of filters) expect(after(argv, '-filter_complex')).toContain(filter);
  });
});

describe('init segments', () => {
  const settings = { path: '/a.mp4', demuxer: 'mov', preset: 'veryfast', crf: 22, audioKbps: 160 };

  test('of pictures: the encoder as in any session, one frame', () => {
    const rendition = { kind: 'video', trackIndex: 0, ...p720 } as VideoRendition;
    const argv = initArgv({ ...settings, rendition, source: plain, encoder: 'libx264' });
    const session = encode({
      path: '/a.mp4',
      demuxer: 'mov',
      outputs: [{ rendition: p720, encoder: 'libx264', fd: 1 }],
    });
    expect(argv).toEqual([...session.slice(0, -1), '-frames:v', '1', 'pipe:1']);
  });

  test('of sound: from silence', () => {
    const rendition = { kind: 'audio', codec: 'aac', trackIndex: 1, channels: 2 } as AudioRendition;
    expect(line(initArgv({ ...settings, rendition, source: null, encoder: null }))).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -v error -copyts -f lavfi -i anullsrc=r=48000:cl=stereo -t 0.1 -c:a aac -profile:a aac_low -b:a 160k -ar 48000 -avoid_negative_ts disabled -output_ts_offset 10 -use_editlist 0 -map_metadata -1 -map_chapters -1 -fflags +bitexact -f mp4 -movflags empty_moov+default_base_moof+skip_trailer+frag_discont -frag_duration 500000 pipe:1"`,
    );
  });
});

test('a path is never an option, a protocol or a pattern', () => {
  for (const path of ['-i', 'http://host/x', 'concat:a|b', '%05d.jpg', '/dev/fd/3']) {
    for (const argv of [probeArgv({ path, demuxer: 'mov' }), encode({ path }), coverArgv({ ...file, path })]) {
      const at = argv.indexOf(`file:${path}`);
      expect(argv.slice(at - 5, at)).toEqual(['-protocol_whitelist', 'file,pipe', '-f', expect.any(String), '-i']);
    }
  }
});

import { describe, expect, it } from 'vitest';
import { deviceArgs, hardwareArgs, uploadFilters } from './hardware.ts';
import { HARDWARE_CODECS, HARDWARE_FAMILIES, type HardwareEncoder } from './hardware-kinds.ts';
import { judgeTrial, listedEncoders, readReason } from './hardware-trial.ts';

const encoder = (family: HardwareEncoder['family'], more: Partial<HardwareEncoder> = {}): HardwareEncoder => ({
  family,
  encoder: `${more.codec ?? 'h264'}_${family}`,
  codec: 'h264',
  device: null,
  lowPower: false,
  ...more,
});
const RUNG = { width: 1280, height: 720, level: 31, bitrateKbps: 2500, peakKbps: 4000 };
const line = (own: HardwareEncoder) =>
  [...deviceArgs(own), uploadFilters(own).join(','), ...hardwareArgs(own, RUNG, { preset: 'veryfast', crf: 22 })].join(
    ' ',
  );

describe('command lines', () => {
  it('are what each device wants', () => {
    expect(line(encoder('nvenc', { device: '1' }))).toMatchInlineSnapshot(
      `"format=yuv420p -c:v h264_nvenc -preset p3 -rc vbr -forced-idr 1 -no-scenecut 1 -gpu 1 -profile:v high -level:v 3.1 -b:v 2500k -maxrate 3400k -bufsize 3400k -g 9999 -bf 0"`,
    );
    expect(line(encoder('vaapi', { device: '/dev/dri/renderD128', lowPower: true }))).toMatchInlineSnapshot(
      `"-init_hw_device vaapi=hw:/dev/dri/renderD128 -filter_hw_device hw format=nv12,hwupload -c:v h264_vaapi -idr_interval 0 -low_power 1 -profile:v high -level:v 31 -b:v 2500k -maxrate 3400k -bufsize 3400k -g 9999 -bf 0"`,
    );
    expect(line(encoder('qsv', { device: '/dev/dri/renderD129' }))).toMatchInlineSnapshot(
      `"-init_hw_device qsv=hw:hw_any,child_device=/dev/dri/renderD129 format=nv12 -c:v h264_qsv -preset veryfast -forced_idr 1 -adaptive_i 0 -adaptive_b 0 -idr_interval 0 -profile:v high -level:v 31 -b:v 2500k -maxrate 3400k -bufsize 3400k -g 9999 -bf 0"`,
    );
    expect(line(encoder('videotoolbox'))).toMatchInlineSnapshot(
      `"format=yuv420p -c:v h264_videotoolbox -allow_sw 0 -realtime 0 -profile:v high -level:v 3.1 -b:v 2500k -maxrate 3400k -bufsize 3400k -g 9999 -bf 0"`,
    );
    expect(line(encoder('amf'))).toMatchInlineSnapshot(
      `"format=nv12 -c:v h264_amf -usage transcoding -quality balanced -rc vbr_peak -forced_idr 1 -profile:v high -level:v 3.1 -b:v 2500k -maxrate 3400k -bufsize 3400k -g 9999 -bf 0"`,
    );
    expect(line(encoder('v4l2m2m'))).toMatchInlineSnapshot(
      `"format=yuv420p -c:v h264_v4l2m2m -num_output_buffers 16 -num_capture_buffers 16 -profile:v high -bsf:v h264_metadata=level=3.1 -b:v 2500k -maxrate 3400k -bufsize 3400k -g 9999 -bf 0"`,
    );
  });

  it('cap the rate, make no key frames of their own and reorder nothing, whatever the device', () => {
    for (const family of HARDWARE_FAMILIES) {
      for (const codec of HARDWARE_CODECS) {
        const argv = hardwareArgs(
          encoder(family, { codec }),
          { ...RUNG, level: codec === 'hevc' ? 93 : 31 },
          { preset: 'slow', crf: 22 },
        );
        const after = (name: string) => argv[argv.indexOf(name) + 1];
        expect([after('-b:v'), after('-maxrate'), after('-bufsize')]).toEqual(['2500k', '3400k', '3400k']);
        expect([after('-g'), after('-bf')]).toEqual(['9999', '0']);
        if (codec === 'hevc') expect(after('-tag:v')).toBe('hvc1');
      }
    }
  });

  it('name the level of HEVC as each device reads it', () => {
    const level = (family: HardwareEncoder['family']) => {
      const argv = hardwareArgs(
        encoder(family, { codec: 'hevc' }),
        { ...RUNG, level: 93 },
        { preset: 'fast', crf: 22 },
      );
      return argv.includes('-level:v') ? argv[argv.indexOf('-level:v') + 1] : null;
    };
    expect(HARDWARE_FAMILIES.map(level)).toEqual(['3.1', '31', '93', null, '3.1', null]);
  });
});

describe('the trial', () => {
  const good = {
    streams: [{ codec_name: 'h264', profile: 'High', level: 30, width: 640, height: 360 }],
    frames: Array.from({ length: 30 }, (_, n) => ({ key_frame: n === 0 || n === 17 ? 1 : 0 })),
  };
  const judge = (printed: object) => judgeTrial(encoder('nvenc'), JSON.stringify(printed));

  it('believes what is right', () => {
    expect(judge(good)).toBeNull();
    expect(judge({ ...good, streams: [{ ...good.streams[0], level: 21 }] })).toBeNull();
  });

  it.each([
    ['nothing', {}, /cannot be decoded/],
    [
      'no forced key frame',
      { ...good, frames: good.frames.map((_, n) => ({ key_frame: n === 0 ? 1 : 0 })) },
      /no key frames where/,
    ],
    ['lost frames', { ...good, frames: good.frames.slice(2) }, /of 30 frames 28/],
    ['padding that is not cropped', { ...good, streams: [{ ...good.streams[0], height: 368 }] }, /640x368/],
    [
      'another profile',
      { ...good, streams: [{ ...good.streams[0], profile: 'Main' }] },
      /profile Main instead of High/,
    ],
    ['a higher level', { ...good, streams: [{ ...good.streams[0], level: 40 }] }, /level 40 instead of 30/],
  ])('finds %s', (_, printed, why) => {
    expect(judge(printed)).toMatch(why);
  });

  it('reads which encoders there are', () => {
    const printed = [
      ' V..... = Video',
      ' V....D h264_nvenc           NVIDIA NVENC H.264 encoder (codec h264)',
      ' V..... h264_v4l2m2m         V4L2 mem2mem H.264 encoder wrapper (codec h264)',
      ' V....D vp8_vaapi            VP8 (VAAPI) (codec vp8)',
      ' V....D libx264              libx264 H.264 (codec h264)',
    ].join('\n');
    expect(listedEncoders(printed)).toEqual(new Set(['h264_nvenc', 'h264_v4l2m2m']));
  });

  // Words as ffmpeg 5.1 to 7.1 print them.
  it.each([
    [
      '[h264_nvenc @ 0x5] Cannot load libcuda.so.1\nError initializing output stream',
      'no NVIDIA driver: libcuda.so.1 is missing',
    ],
    [
      '[h264_nvenc @ 0x5] Cannot load libnvidia-encode.so.1',
      'the NVIDIA driver lacks its encoder: libnvidia-encode.so.1 is missing',
    ],
    [
      '[h264_nvenc @ 0x5] Driver does not support the required nvenc API version. Required: 12.2 Found: 11.1',
      'the NVIDIA driver is too old: this ffmpeg wants NVENC 12.2, it has 11.1',
    ],
    [
      '[h264_nvenc @ 0x5] OpenEncodeSessionEx failed: out of memory (10): (no details)',
      'the card runs as many encoders as it can',
    ],
    ['[h264_nvenc @ 0x5] No capable devices found', 'no card here encodes this codec'],
    [
      '[AVHWDeviceContext @ 0x5] No VA display found for device /dev/dri/renderD128.',
      'the device cannot be opened, or has no VA-API driver',
    ],
    [
      '[AVHWDeviceContext @ 0x5] Failed to initialise VAAPI connection: -1 (unknown libva error).',
      'there is no VA-API driver for this device',
    ],
    [
      '[h264_vaapi @ 0x5] No usable encoding entrypoint found for profile VAProfileH264High (7).',
      'the device does not encode this codec',
    ],
    [
      "[h264_v4l2m2m @ 0x5] Could not find a valid device\n[h264_v4l2m2m @ 0x5] can't configure encoder",
      'no video device here encodes this codec',
    ],
    [
      '[AVHWDeviceContext @ 0x5] Error creating a MFX session: -9.\nDevice creation failed: -1313558101.',
      'Quick Sync cannot be opened',
    ],
    [
      "Device creation failed: -542398533.\nFailed to set value 'qsv=hw' for option 'init_hw_device': Generic error",
      'Quick Sync cannot be opened',
    ],
    ['[h264_amf @ 0x5] DLL amfrt64.dll failed to open', "AMD's AMF runtime amfrt64.dll is missing"],
    ["Unknown encoder 'h264_amf'", 'this ffmpeg was built without it'],
    ['[h264_vaapi @ 0x5] Something nobody has seen', 'ffmpeg says: Something nobody has seen'],
    ['', 'ffmpeg ended without a word'],
  ])('understands %s', (log, reason) => {
    expect(readReason(log).reason).toBe(reason);
  });
});

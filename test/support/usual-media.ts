import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMedia } from './media.ts';

/** Files as people have them: what the usual encoders and muxers write. Two seconds each. */

const picture = (rate = '25') => ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=${rate}:duration=2`];
const sound = (rate = '48000') => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=2:sample_rate=${rate}`];
const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '25'];
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p'];
const AV1 = ['-c:v', 'libsvtav1', '-preset', '12', '-pix_fmt', 'yuv420p'];
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p'];
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p'];
const AAC = ['-c:a', 'aac'];
const film = (extension: string, ...codecs: string[]) => makeMedia(extension, ...picture(), ...sound(), ...codecs);
const HDR = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'];
const BT709 = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];

const SUBTITLES = '1\n00:00:00,500 --> 00:00:01,000\nHello\n\n2\n00:00:01,200 --> 00:00:01,800\nthere\n';
const CHAPTERS =
  ';FFMETADATA1\ntitle=A film\nartist=Someone\nalbum=Somewhere\n' +
  '[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=800\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=800\nEND=2000\ntitle=Zwö\n';

/** Two tracks of sound, two of subtitles, chapters and names. */
async function rich(extension: string, subtitles: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-usual-'));
  const [text, names] = [join(folder, 'text.srt'), join(folder, 'names.txt')];
  writeFileSync(text, SUBTITLES);
  writeFileSync(names, CHAPTERS);
  return makeMedia(
    extension,
    ...[...picture(), ...sound(), ...sound('44100'), '-i', text, '-i', text, '-i', names],
    ...['-map', '0', '-map', '1', '-map', '2', '-map', '3', '-map', '4', '-map_metadata', '5'],
    ...[...X264, ...AAC, '-ac:a:1', '6', '-c:s', subtitles, '-disposition:a:1', '0', '-disposition:s:1', 'forced'],
    ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=deu', '-metadata:s:a:1', 'title=Kommentar'],
    ...['-metadata:s:s:0', 'language=fra', '-metadata:s:s:1', 'title=Forced', '-metadata:s:v:0', 'BPS=123456'],
  );
}

async function rewrapped(extension: string, from: Promise<string>, ...options: string[]): Promise<string> {
  return makeMedia(extension, '-i', await from, '-map', '0', '-c', 'copy', ...options);
}

const jpeg = () => makeMedia('jpg', '-f', 'lavfi', '-i', 'color=red:s=64x64', '-frames:v', '1');

async function withCover(extension: string, from: Promise<string>): Promise<string> {
  const inputs = ['-i', await jpeg(), '-i', await from];
  const last = extension === 'm4a' ? 0 : 1;
  return makeMedia(
    extension,
    ...[...inputs, '-map', '1', '-map', '0', '-c', 'copy', `-disposition:v:${last}`, 'attached_pic'],
  );
}

async function withAttachments(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-usual-'));
  const font = join(folder, 'font.ttf');
  writeFileSync(font, Buffer.alloc(100_000, 'font'));
  return rewrapped(
    'mkv',
    rich('mkv', 'ass'),
    ...['-attach', font, '-metadata:s:t:0', 'mimetype=application/x-truetype-font'],
    ...['-attach', await jpeg(), '-metadata:s:t:1', 'mimetype=image/jpeg', '-metadata:s:t:1', 'filename=cover.jpg'],
  );
}

export const USUAL: Record<string, () => Promise<string>> = {
  'MP4 with H.264 and AAC': () => film('mp4', ...X264, ...AAC),
  'MP4 with its tables first': () => film('mp4', ...X264, ...AAC, '-movflags', '+faststart'),
  'MP4 at 23.976 frames a second': () =>
    makeMedia('mp4', ...picture('24000/1001'), ...sound(), ...X264, ...AAC, ...BT709),
  'MP4 of a variable rate': () =>
    film('mp4', '-vf', "select='not(mod(n,25))+gt(mod(n*7,11),4)'", '-fps_mode', 'vfr', ...X264, ...AAC),
  'MP4 of the baseline profile': () => film('mp4', ...X264, '-profile:v', 'baseline', ...AAC),
  'MP4 of full range': () => film('mp4', ...X264, '-pix_fmt', 'yuvj420p', ...AAC),
  'MP4 with ten bits': () => film('mp4', ...X264, '-pix_fmt', 'yuv420p10le', ...AAC),
  'MP4 with wide pixels': () => film('mp4', ...X264, '-vf', 'setsar=4/3', ...AAC),
  'MP4 with a picture alone': () => makeMedia('mp4', ...picture(), ...X264),
  'MP4 with two sounds, subtitles, chapters and names': () => rich('mp4', 'mov_text'),
  'MP4 with a cover': () => withCover('mp4', film('mp4', ...X264, ...AAC)),
  'sound in MP4 with a cover': () => withCover('m4a', makeMedia('m4a', ...sound(), ...AAC)),
  'MP4 without edit lists': () => film('mp4', ...X264, ...AAC, '-use_editlist', '0'),
  'MP4 with negative offsets': () => film('mp4', ...X264, ...AAC, '-movflags', 'negative_cts_offsets'),
  'MP4 that is reordered far': () => film('mp4', ...X264, '-x264-params', 'bframes=16:b-pyramid=normal', ...AAC),
  'MP4 whose chapters are in a track alone': () =>
    rewrapped('mp4', rich('mp4', 'mov_text'), '-movflags', '+faststart+disable_chpl'),
  'MOV with a time code': () => film('mov', ...X264, ...AAC, '-timecode', '01:00:00:00'),
  'MP4 with AC-3': () => film('mp4', ...X264, '-c:a', 'ac3', '-ac', '6'),
  'MP4 with E-AC-3': () => film('mp4', ...X264, '-c:a', 'eac3', '-ac', '6'),
  'MP4 with Opus': () => film('mp4', ...X264, '-c:a', 'libopus'),
  'MP4 with FLAC': () => film('mp4', ...X264, '-c:a', 'flac', '-strict', '-2'),
  'MP4 with HEVC': () => film('mp4', ...X265, '-tag:v', 'hvc1', ...AAC),
  'MP4 with HDR': () => film('mp4', ...X265, '-pix_fmt', 'yuv420p10le', ...HDR, '-tag:v', 'hvc1', ...AAC),
  'MP4 with AV1': () => film('mp4', ...AV1, ...AAC),
  'MP4 with VP9': () => film('mp4', ...VP9, ...AAC),
  'MOV with H.264 and AAC': () => film('mov', ...X264, ...AAC),
  'sound in MP4': () => makeMedia('m4a', ...sound(), ...AAC),
  'MP4 copied out of Matroska': () => rewrapped('mp4', film('mkv', ...X264, ...AAC)),
  'Matroska with H.264 and AAC': () => film('mkv', ...X264, ...AAC),
  'Matroska copied out of MP4': () => rewrapped('mkv', film('mp4', ...X264, ...AAC)),
  'Matroska at 23.976 frames a second': () =>
    makeMedia('mkv', ...picture('24000/1001'), ...sound(), ...X264, ...AAC, ...BT709),
  'Matroska with a picture alone': () => makeMedia('mkv', ...picture(), ...X264),
  'Matroska with two sounds, subtitles, chapters and names': () => rich('mkv', 'srt'),
  'Matroska with ASS, a font and a cover': withAttachments,
  'Matroska with HEVC and AC-3': () => film('mkv', ...X265, '-c:a', 'ac3', '-ac', '6'),
  'Matroska with HDR and E-AC-3': () =>
    film('mkv', ...X265, '-pix_fmt', 'yuv420p10le', ...HDR, '-c:a', 'eac3', '-ac', '6'),
  'Matroska with AV1 and Opus': () => film('mkv', ...AV1, '-c:a', 'libopus'),
  'Matroska with FLAC': () => film('mkv', ...X264, '-c:a', 'flac', '-ac', '2'),
  'WebM with VP9 and Opus': () => film('webm', ...VP9, '-c:a', 'libopus'),
  'WebM with VP8 and Opus': () => film('webm', ...VP8, '-c:a', 'libopus'),
  'WebM with AV1 and Opus': () => film('webm', ...AV1, '-c:a', 'libopus'),
};

/** Names where ffmpeg puts them on request, by QuickTime's keys. */
export const keyed = () =>
  rewrapped('mp4', film('mp4', ...X264, ...AAC), '-movflags', 'use_metadata_tags', '-metadata', 'title=Named');

import { readFileSync, writeFileSync } from 'node:fs';
import { type FlashOptions, makeFlashes, PLAIN } from './flash-and-beep.ts';
import { makeMedia } from './media.ts';

/**
 * HE-AAC without its encoder, which no free ffmpeg has: AAC-LC at half the rate whose configuration announces the bands above
 * (SBR), and two channels of one (PS). Frames that carry nothing of it are legal: decoders bring them to the full rate.
 */
export type HeAac = 'explicit' | 'compatible' | 'parametric stereo';

/** AudioSpecificConfig (ISO/IEC 14496-3 section 1.6.2.1): 24 kHz, brought to 48 kHz. The rest of five bytes is padding. */
const CONFIGS: Record<HeAac, string> = {
  // Object type 5 (SBR), which contains type 2 (LC).
  explicit: '2b11880000',
  // Type 2, and the extension behind it that older decoders skip.
  compatible: '131056e598',
  // Type 29 (PS), one channel.
  'parametric stereo': 'eb09880000',
};
/** What ffmpeg writes for LC: an extension that says there is none. */
const PLAIN_CONFIG = /1310|1308/;

export async function makeHeAac(extension: 'mp4' | 'mkv', signalling: HeAac, options?: FlashOptions): Promise<string> {
  const channels = signalling === 'parametric stereo' ? '1' : '2';
  const sound = ['-c:a', 'aac', '-b:a', '64k', '-ar', '24000', '-ac', channels];
  const plain = await makeFlashes('mp4', options, [...PLAIN, ...sound]);
  const bytes = Buffer.from(readFileSync(plain));
  const at = bytes.indexOf(Buffer.from('56e500', 'hex'), bytes.indexOf('esds')) - 2;
  if (!PLAIN_CONFIG.test(bytes.subarray(at, at + 2).toString('hex'))) throw new Error('there is no AAC to change');
  bytes.write(CONFIGS[signalling], at, 'hex');
  const target = plain.replace('.mp4', `-${signalling.replace(' ', '-')}.mp4`);
  writeFileSync(target, bytes);
  return extension === 'mp4' ? target : makeMedia(extension, '-i', target, '-c', 'copy');
}

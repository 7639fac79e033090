import { describe, expect, test } from 'vitest';
import { sniffContainer } from './sniff.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const box = (type: string, body = '', size = 8 + body.length) => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(size);
  return Buffer.concat([header, bytes(type), bytes(body)]);
};
const ebml = (docType: string) =>
  bytes(`\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82${String.fromCharCode(0x80 + docType.length)}${docType}`);
const packets = (size: number, before: number, count: number, skip = 0) =>
  Buffer.concat(
    Array.from({ length: count }, () =>
      Buffer.concat([Buffer.alloc(before), bytes('G'), Buffer.alloc(size - before - 1)]),
    ),
  ).subarray(skip);
/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes. */
const mp3Frame = Buffer.concat([bytes('\xff\xfb\x90\x00'), Buffer.alloc(413)]);
/** AAC-LC, 48 kHz, stereo, 100 bytes. */
const adtsFrame = Buffer.concat([bytes('\xff\xf1\x4c\x80\x0c\x9f\xfc'), Buffer.alloc(93)]);
const id3 = (size: number) =>
  Buffer.concat([bytes(`ID3\x04\0\0\0\0${String.fromCharCode(size >> 7, size & 127)}`), Buffer.alloc(size)]);

describe('a container is told by its content', () => {
  test.each<[string, Buffer, string, string]>([
    ['MP4', box('ftyp', 'isom\0\0\x02\0isomiso2avc1mp41'), 'mp4', 'mov'],
    ['MOV without ftyp', Buffer.concat([box('wide'), box('mdat', 'x'.repeat(20))]), 'mp4', 'mov'],
    ['MOV with moov first', box('moov', '', 5000), 'mp4', 'mov'],
    ['MOV with a huge mdat first', bytes('\0\0\0\x01mdat\0\0\0\x01\0\0\0\0'), 'mp4', 'mov'],
    ['Matroska', ebml('matroska'), 'matroska', 'matroska'],
    ['WebM', ebml('webm'), 'webm', 'matroska'],
    ['MPEG-TS', packets(188, 0, 6), 'mpegts', 'mpegts'],
    ['MPEG-TS that begins within a packet', packets(188, 0, 9, 77), 'mpegts', 'mpegts'],
    ['M2TS', packets(192, 4, 6), 'mpegts', 'mpegts'],
    ['MPEG-PS', bytes('\0\0\x01\xba\x44\0\x04\0\x04\x01'), 'mpegps', 'mpeg'],
    ['MPEG-1 system stream', bytes('\0\0\x01\xba\x21\0\x01\0\x01\x80'), 'mpegps', 'mpeg'],
    ['AVI', bytes('RIFF\0\0\0\0AVI LIST'), 'avi', 'avi'],
    ['FLV', bytes('FLV\x01\x05\0\0\0\x09\0\0\0\0'), 'flv', 'flv'],
    ['ASF', bytes('\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c\0\0'), 'asf', 'asf'],
    ['Ogg', bytes('OggS\0\x02\0\0'), 'ogg', 'ogg'],
    ['FLAC', bytes('fLaC\0\0\0\x22'), 'flac', 'flac'],
    ['FLAC behind ID3', Buffer.concat([id3(40), bytes('fLaC')]), 'flac', 'flac'],
    ['WAV', bytes('RIFF\0\0\0\0WAVEfmt '), 'wav', 'wav'],
    ['RF64', bytes('RF64\xff\xff\xff\xffWAVEds64'), 'wav', 'wav'],
    ['MP3', Buffer.concat([mp3Frame, mp3Frame]), 'mp3', 'mp3'],
    ['MP3 behind ID3', Buffer.concat([id3(300), mp3Frame, mp3Frame]), 'mp3', 'mp3'],
    ['MP3 whose ID3 tag is larger than the head', id3(16_000).subarray(0, 4000), 'mp3', 'mp3'],
    ['ADTS', Buffer.concat([adtsFrame, adtsFrame, adtsFrame]), 'adts', 'aac'],
  ])('%s', (_, head, name, demuxer) => {
    expect(sniffContainer(head)).toMatchObject({ ok: true, container: { name, demuxer } });
  });
});

describe('what is no film and no sound is refused with a sentence', () => {
  test.each<[string, Buffer | string, RegExp]>([
    ['nothing', '', /empty/],
    ['blanks', ' \n\n ', /blanks/],
    ['HLS playlist', '#EXTM3U\n#EXT-X-VERSION:3\n', /playlist/],
    ['HLS playlist behind BOM and blanks', '\xef\xbb\xbf \r\n#EXTM3U', /playlist/],
    ['HLS playlist in UTF-16', Buffer.from('\ufeff#EXTM3U\n', 'utf16le'), /playlist/],
    ['concat script', 'ffconcat version 1.0\nfile /etc/passwd', /playlist/],
    ['concat script without its header', "file '/etc/passwd'\n", /playlist/],
    ['PLS', '[playlist]\nFile1=http://example.org', /playlist/],
    ['list of files', 'holiday.mp4\nparty.mp4\n', /playlist/],
    ['URL', 'http://169.254.169.254/latest/meta-data', /playlist/],
    ['CUE sheet', 'FILE "album.flac" WAVE\n  TRACK 01 AUDIO\n', /playlist/],
    ['DASH', '<?xml version="1.0"?><MPD/>', /XML/],
    ['HTML', '<!DOCTYPE html><title>Sign in</title>', /web page/],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', /XML/],
    ['AVI with a playlist in its GAB2 subtitles', 'RIFF\0\0\0\0AVI LIST\0\0GAB2\0\x02\0#EXTM3U\n', /hides a playlist/],
    ['subtitles', '1\r\n00:00:01,000 --> 00:00:02,000\r\nHi', /subtitles/],
    ['JPEG', '\xff\xd8\xff\xe0\0\x10JFIF', /picture/],
    ['PNG', '\x89PNG\r\n\x1a\n', /picture/],
    ['GIF', 'GIF89a', /picture/],
    ['WebP', 'RIFF\0\0\0\0WEBPVP8 ', /picture/],
    ['HEIC', box('ftyp', 'heic\0\0\0\0mif1heic'), /picture/],
    ['AVIF', box('ftyp', 'avif\0\0\0\0avifmif1'), /picture/],
    ['ZIP', 'PK\x03\x04', /archive/],
    ['RAR', 'Rar!\x1a\x07\x01\0', /archive/],
    ['7z', '7z\xbc\xaf\x27\x1c', /archive/],
    ['gzip', '\x1f\x8b\x08', /archive/],
    ['PDF', '%PDF-1.7', /document/],
    ['ELF', '\x7fELF\x02', /program/],
    ['Windows program', 'MZ\x90\0', /program/],
    ['shell script', '#!/bin/sh\n', /program/],
    ['text', 'Dear diary,\n', /text file/],
    ['noise', '\x93\x01\x77\x00\xfe\xed\x00', /not known/],
    ['one lucky sync word', Buffer.concat([bytes('\xff\xfb\x90\x00'), Buffer.alloc(2000, 7)]), /not known/],
    ['box of an unlikely size', bytes('\0\0\0\x03moov\0\0\0\0'), /not known/],
    ['Matroska of another kind', ebml('other'), /not known/],
  ])('%s', (_, head, reason) => {
    const sniffed = sniffContainer(typeof head === 'string' ? bytes(head) : head);
    expect(sniffed.ok).toBe(false);
    if (!sniffed.ok) expect(sniffed.reason).toMatch(reason);
  });
});

test('never throws, whatever the bytes and however few', () => {
  const samples = [ebml('webm'), id3(300), mp3Frame, adtsFrame, box('ftyp', 'isom'), packets(188, 0, 6)];
  for (const sample of samples)
    for (let length = 0; length < Math.min(sample.length, 400); length++) sniffContainer(sample.subarray(0, length));
});

/**
 * Where a source is read from: a path of this machine, or, where storage is a bucket, an address that this process answers on the
 * loopback.
 */
export function isAddress(path: string): boolean {
  return path.startsWith('http://127.0.0.1:');
}

/** One file, by the one demuxer: nothing inside it can make ffmpeg open another, as none of those we force reads what a file names. */
export function inputOf(path: string, demuxer: string): string[] {
  const [protocols, url] = isAddress(path) ? ['http,tcp', path] : ['file,pipe', `file:${path}`];
  return ['-protocol_whitelist', protocols, '-f', demuxer, '-i', url];
}

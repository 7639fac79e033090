/**
 * Rewrites a Matroska file as old muxers did: the first byte, which is the same in all frames of a track, is left out of
 * them and said once (ContentEncodings with header stripping, RFC 9559 section 5.1.4.1.31).
 */
export function stripHeaders(file: Buffer, trackNumber: number, firstByte: number): Buffer {
  const parts: Buffer[] = [];
  for (const element of elements(file)) {
    if (element.id !== 'Segment') parts.push(element.whole);
    else parts.push(Buffer.from('1853806701ffffffffffffff', 'hex'), ...rewriteSegment(element.body));
  }
  return Buffer.concat(parts);

  function rewriteSegment(segment: Buffer): Buffer[] {
    return elements(segment).flatMap((element) => {
      if (element.id === 'Tracks') return [make('1654ae6b', ...elements(element.body).map(rewriteTrack))];
      if (element.id === 'Cluster') return [make('1f43b675', ...elements(element.body).map(rewriteBlock))];
      return element.id === 'Info' ? [element.whole] : [];
    });
  }

  function rewriteTrack({ body, whole }: Element): Buffer {
    const number = elements(body).find(({ hex }) => hex === 'd7');
    if (number?.body[0] !== trackNumber) return whole;
    const compression = make('5034', make('4254', Buffer.from([3])), make('4255', Buffer.from([firstByte])));
    return make('ae', body, make('6d80', make('6240', compression)));
  }

  function rewriteBlock({ hex, body, whole }: Element): Buffer {
    if (hex === 'a0') return make('a0', ...elements(body).map(rewriteBlock));
    if ((hex !== 'a3' && hex !== 'a1') || body[0] !== (0x80 | trackNumber)) return whole;
    if (body[4] !== firstByte) throw new Error('a frame begins with another byte');
    return make(hex, body.subarray(0, 4), body.subarray(5));
  }
}

interface Element {
  id: string;
  hex: string;
  body: Buffer;
  whole: Buffer;
}

const NAMES: Record<string, string> = {
  '18538067': 'Segment',
  '1654ae6b': 'Tracks',
  '1f43b675': 'Cluster',
  '1549a966': 'Info',
};

/** The elements of a range (RFC 8794 section 4): an id and a size of one to eight bytes each. */
function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const idLength = Math.clz32(bytes[at]!) - 23;
    const sizeAt = at + idLength;
    const sizeLength = Math.clz32(bytes[sizeAt]!) - 23;
    let size = bytes[sizeAt]! & (0xff >> sizeLength);
    for (let n = 1; n < sizeLength; n++) size = size * 256 + bytes[sizeAt + n]!;
    const start = sizeAt + sizeLength;
    const end = Math.min(bytes.length, start + size);
    const hex = bytes.toString('hex', at, sizeAt);
    found.push({ id: NAMES[hex] ?? '', hex, body: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return found;
}

function make(hex: string, ...parts: Buffer[]): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(parts.reduce((sum, part) => sum + part.length, 0)) | (1n << 56n));
  return Buffer.concat([Buffer.from(hex, 'hex'), size, ...parts]);
}

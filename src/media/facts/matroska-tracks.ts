import { ID } from '../container/matroska-ids.ts';
import { readAv1Facts } from './av1.ts';
import { agreeingColours, colourNames, coloursOfVpx, UNTOLD } from './colours.ts';
import { type Colours, type PictureFacts, ratio, type SoundFacts, type StreamFacts, unsure } from './facts.ts';
import { checkFirstFrame } from './first-frame.ts';
import { readAvcFacts } from './h264.ts';
import { readHevcFacts } from './hevc.ts';
import { elementsOf, fieldsOf, floatOf, textOf, uintIn, uintOf } from './matroska-elements.ts';
import { readAacFacts, readAc3Facts, readEac3Facts, readFlacFacts, readOpusFacts } from './sound.ts';
import { readVp8Facts, readVp9Facts } from './vpx.ts';

/** Tracks of Matroska (RFC 9559 section 5.1.4) as ffmpeg's demuxer makes streams of them. */

/** What may be said of a track without changing what ffmpeg makes of it, or is read here. */
const IN_TRACK = new Set<number>([
  ID.TrackNumber,
  ID.TrackUID,
  ID.TrackType,
  ID.FlagEnabled,
  ID.FlagDefault,
  ID.FlagForced,
  ID.FlagHearingImpaired,
  ID.FlagVisualImpaired,
  ID.FlagTextDescriptions,
  ID.FlagOriginal,
  ID.FlagCommentary,
  ID.FlagLacing,
  ID.MinCache,
  ID.MaxCache,
  ID.DefaultDuration,
  ID.TrackTimestampScale,
  ID.Name,
  ID.Language,
  ID.LanguageBCP47,
  ID.CodecID,
  ID.CodecPrivate,
  ID.CodecName,
  ID.CodecDecodeAll,
  ID.CodecDelay,
  ID.SeekPreRoll,
  ID.MaxBlockAdditionID,
  ID.Video,
  ID.Audio,
  ID.ContentEncodings,
  ID.AttachmentLink,
  ID.BlockAdditionMapping,
]);
const IN_VIDEO = new Set<number>([
  ID.PixelWidth,
  ID.PixelHeight,
  ID.DisplayWidth,
  ID.DisplayHeight,
  ID.DisplayUnit,
  ID.FlagInterlaced,
  ID.FieldOrder,
  ID.StereoMode,
  ID.AlphaMode,
  ID.Colour,
  ID.AspectRatioType,
  ID.PixelCropBottom,
  ID.PixelCropTop,
  ID.PixelCropLeft,
  ID.PixelCropRight,
]);
const VIDEO = 1;
const AUDIO = 2;
const SUBTITLE = 17;
const SUBTITLES: Record<string, string> = {
  'S_TEXT/UTF8': 'subrip',
  'S_TEXT/ASS': 'ass',
  'S_TEXT/SSA': 'ass',
  S_ASS: 'ass',
  S_SSA: 'ass',
  'S_TEXT/WEBVTT': 'webvtt',
  'S_HDMV/PGS': 'hdmv_pgs_subtitle',
  S_VOBSUB: 'dvd_subtitle',
};
const DOLBY_VISION = new Set([0x64766343, 0x64767643]);
const PROGRESSIVE = 2;

export interface MatroskaTrack {
  number: number;
  /** As hexadecimal digits: 64 bits are more than a number holds. */
  uid: string;
  codecDelayNs: number;
  stream: StreamFacts;
  /** Reads what the codec says, out of the track's first frame where it has to be. */
  describe(frame: { bytes: Buffer; size: number }): void;
}

export function readTrackEntry(body: Buffer, index: number): MatroskaTrack {
  const fields = fieldsOf(body, IN_TRACK);
  const uint = (id: number, otherwise: number) => uintIn(fields, id, otherwise);
  if (uint(ID.FlagEnabled, 1) !== 1) unsure('a track that is switched off');
  const scale = fields.get(ID.TrackTimestampScale);
  if (scale && floatOf(scale) !== 1) unsure('a track with a clock of its own');
  const type = uint(ID.TrackType, 0);
  const codec = textOf(fields.get(ID.CodecID) ?? Buffer.alloc(0));
  const stream: StreamFacts = {
    index,
    codec_type: type === VIDEO ? 'video' : type === AUDIO ? 'audio' : 'subtitle',
    disposition: {
      default: uint(ID.FlagDefault, 1) === 0 ? 0 : 1,
      forced: uint(ID.FlagForced, 0) === 0 ? 0 : 1,
      hearing_impaired: uint(ID.FlagHearingImpaired, 0) === 0 ? 0 : 1,
      attached_pic: 0,
    },
    tags: namesOf(fields),
  };
  if (fields.has(ID.ContentEncodings) && type !== SUBTITLE) unsure('a track that is packed');
  if (fields.has(ID.BlockAdditionMapping) && type !== VIDEO) unsure('an odd addition');
  const privateBytes = fields.get(ID.CodecPrivate) ?? Buffer.alloc(0);
  let describe: MatroskaTrack['describe'] = () => {};
  if (type === VIDEO) {
    describe = (frame) => {
      const facts = readPicture(codec, privateBytes, frame.bytes);
      checkFirstFrame(facts.codec_name, privateBytes, frame);
      describePicture(stream, body, fields, facts);
    };
  } else if (type === AUDIO) {
    const said = fieldsOf(fields.get(ID.Audio) ?? unsure('sound that says nothing'));
    describe = ({ bytes, size }) => describeSound(stream, said, readSound(codec, privateBytes, bytes, size));
  } else if (type === SUBTITLE) {
    stream.codec_name = SUBTITLES[codec] ?? unsure(`subtitles of kind ${codec}`);
  } else unsure(`a track of type ${type}`);
  const uid = (fields.get(ID.TrackUID) ?? Buffer.alloc(0)).toString('hex').replace(/^0+/, '');
  return { number: uint(ID.TrackNumber, 0), uid, codecDelayNs: uint(ID.CodecDelay, 0), stream, describe };
}

function namesOf(fields: ReadonlyMap<number, Buffer>): Record<string, string> {
  const [language, longer, name] = [fields.get(ID.Language), fields.get(ID.LanguageBCP47), fields.get(ID.Name)];
  if (!language && longer) unsure('a language in other words');
  const code = language ? textOf(language) : 'eng';
  return { ...(code === 'und' ? {} : { language: code }), ...(name ? { title: textOf(name) } : {}) };
}

function readPicture(codec: string, privateBytes: Buffer, frame: Buffer): PictureFacts {
  if (codec === 'V_MPEG4/ISO/AVC') {
    const { saysReorder, ...facts } = readAvcFacts(privateBytes);
    return saysReorder || facts.profile.endsWith('Baseline') ? facts : unsure('reordering that nobody tells');
  }
  if (codec === 'V_MPEGH/ISO/HEVC') return readHevcFacts(privateBytes);
  if (codec === 'V_AV1') return readAv1Facts(privateBytes);
  if (codec === 'V_VP9') return readVp9Facts(frame);
  if (codec === 'V_VP8') return readVp8Facts(frame);
  return unsure(`pictures of kind ${codec}`);
}

function describePicture(
  stream: StreamFacts,
  body: Buffer,
  fields: ReadonlyMap<number, Buffer>,
  { colours, ...facts }: PictureFacts,
): void {
  const said = fieldsOf(fields.get(ID.Video) ?? unsure('a picture that says nothing'), IN_VIDEO);
  const uint = (id: number, otherwise: number) => uintIn(said, id, otherwise);
  const [width, height] = [uint(ID.PixelWidth, 0), uint(ID.PixelHeight, 0)];
  if (width !== facts.width || height !== facts.height) unsure('a size that is told in two ways');
  if (![0, PROGRESSIVE].includes(uint(ID.FlagInterlaced, 0))) unsure('interlaced');
  if (uint(ID.StereoMode, 0) !== 0) unsure('pictures for two eyes');
  if ([ID.PixelCropBottom, ID.PixelCropTop, ID.PixelCropLeft, ID.PixelCropRight].some((id) => uint(id, 0) !== 0))
    unsure('a picture that is to be cropped');
  // Centimetres and inches count as well.
  if (uint(ID.DisplayUnit, 0) > 3) unsure('a shape that is not told');
  const durationNs = uintIn(fields, ID.DefaultDuration, 0) || unsure('a frame rate that is not told');
  const [shownWidth, shownHeight] = [uint(ID.DisplayWidth, 0) || width, uint(ID.DisplayHeight, 0) || height];
  const told = readColour(said.get(ID.Colour));
  const isVpx = facts.codec_name === 'vp8' || facts.codec_name === 'vp9';
  const shown = isVpx ? coloursOfVpx(facts.codec_name, colours, told) : agreeingColours(colours, told);
  const dolbyVision = readDolbyVision(body);
  Object.assign(stream, facts, colourNames(shown), {
    sample_aspect_ratio: ratio(height * shownWidth, width * shownHeight, 255).replace('/', ':'),
    avg_frame_rate: ratio(1e9, durationNs, 30_000),
    ...(dolbyVision === null ? {} : { side_data_list: [{ dv_profile: dolbyVision }] }),
  });
  if (uint(ID.AlphaMode, 0) !== 0) stream.tags['alpha_mode'] = '1';
}

/** Section 5.1.4.1.28.16. */
function readColour(body: Buffer | undefined): Colours | null {
  if (!body) return null;
  const fields = fieldsOf(body);
  const code = (id: number) => uintIn(fields, id, 2);
  const isFullRange = uintIn(fields, ID.Range, 0) === 2;
  return {
    ...UNTOLD,
    matrix: code(ID.MatrixCoefficients),
    transfer: code(ID.TransferCharacteristics),
    primaries: code(ID.Primaries),
    isFullRange,
  };
}

/** The configuration record in a block addition mapping (Dolby Vision within Matroska). */
function readDolbyVision(body: Buffer): number | null {
  let profile: number | null = null;
  for (const { id, body: inside } of elementsOf(body)) {
    if (id !== ID.BlockAdditionMapping) continue;
    const mapping = fieldsOf(inside);
    const record = mapping.get(ID.BlockAddIDExtraData);
    if (!DOLBY_VISION.has(uintIn(mapping, ID.BlockAddIDType, 0)) || !record || record.length < 5)
      unsure('an odd addition');
    profile = record![2]! >> 1;
  }
  return profile;
}

function readSound(codec: string, privateBytes: Buffer, frame: Buffer, size: number): SoundFacts {
  if (codec === 'A_AAC') return readAacFacts(privateBytes);
  if (codec === 'A_AC3') return readAc3Facts(frame);
  if (codec === 'A_EAC3') return readEac3Facts(frame, size);
  if (codec === 'A_OPUS') return readOpusFacts(privateBytes.length >= 19 ? privateBytes[9] : undefined);
  if (codec === 'A_FLAC' && privateBytes.toString('latin1', 0, 4) === 'fLaC') {
    return readFlacFacts(privateBytes.subarray(8));
  }
  // Vorbis among others: whether its codebooks are whole only a decoder knows, and ffprobe fails where they are not.
  return unsure(`sound of kind ${codec}`);
}

function describeSound(stream: StreamFacts, said: ReadonlyMap<number, Buffer>, facts: SoundFacts): void {
  const rate = floatOf(said.get(ID.SamplingFrequency) ?? Buffer.alloc(0)) || 8000;
  const channels = uintOf(said.get(ID.Channels) ?? Buffer.from([1]));
  const isOpus = facts.codec_name === 'opus';
  if ((!isOpus && Math.round(rate) !== facts.sample_rate) || channels !== facts.channels) {
    unsure('sound that is told in two ways');
  }
  if (said.has(ID.OutputSamplingFrequency) && floatOf(said.get(ID.OutputSamplingFrequency)!) !== rate)
    unsure('a sample rate that is told in two ways');
  Object.assign(stream, facts);
}

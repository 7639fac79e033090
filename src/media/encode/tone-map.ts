/** High dynamic range to what every screen shows, as ffmpeg filters. */

/** Of HDR, what a white page has (ITU-R BT.2408 section 2.1): it becomes the white of SDR, and what is brighter little more. */
const WHITE_NITS = 203;

interface Size {
  width: number;
  height: number;
}

/**
 * Makes it yuv420p of BT.709 and limited range, at most as large as told. Where the filters for it are lacking, tables do
 * nearly the same.
 */
export function toneMap(range: 'pq' | 'hlg', size: Size, lacking: ReadonlySet<string> | undefined): string[] {
  return mapsRoughly(lacking) ? byTables(range, size) : byLight(range, size);
}

/** Whether colours come out a little different, as this ffmpeg was built without what maps them exactly. */
export function mapsRoughly(lacking: ReadonlySet<string> | undefined): boolean {
  return Boolean(lacking?.has('zscale') || lacking?.has('tonemap'));
}

/**
 * ITU-R BT.2390-style mapping is not in ffmpeg 5.1: the Moebius curve in linear light, then BT.709. It leaves the darker half alone;
 * Hable's came out a fifth darker than the same picture in SDR.
 */
function byLight(range: 'pq' | 'hlg', { width, height }: Size): string[] {
  const transfer = range === 'pq' ? 'smpte2084' : 'arib-std-b67';
  return [
    `zscale=w=${width}:h=${height}:tin=${transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=${WHITE_NITS}`,
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=mobius:desat=0',
    'zscale=t=bt709:m=bt709:r=tv',
    'format=yuv420p',
  ];
}

/** Where the Moebius curve leaves the straight line, and of how many times white it makes white: as `tonemap` has them. */
const KNEE = 0.3;
const PEAK = 10;
const CURVE = { a: mobiusA(KNEE, PEAK), b: mobiusB(KNEE, PEAK) };

function mobiusA(knee: number, peak: number): number {
  return (-knee * knee * (peak - 1)) / (knee * knee - 2 * knee + peak);
}
function mobiusB(knee: number, peak: number): number {
  return (knee * knee - 2 * knee * peak + peak) / (peak - 1);
}

/** The share of white that a value of SMPTE ST 2084 stands for (section 5.1). */
const PQ_LIGHT =
  'st(0,pow(val/maxval,1/78.84375));' +
  `st(1,10000/${WHITE_NITS}*pow(max(ld(0)-0.8359375,0)/(18.8515625-18.6875*ld(0)),1/0.1593017578125))`;
/** The same of HLG on a screen of 1000 cd/m² (ITU-R BT.2100 table 5), each colour by itself. */
const HLG_LIGHT =
  'st(0,val/maxval);' +
  `st(1,1000/${WHITE_NITS}*pow(if(lte(ld(0),0.5),ld(0)*ld(0)/3,(exp((ld(0)-0.55991073)/0.17883277)+0.28466892)/12),1.2))`;
/** BT.2020 to BT.709 in linear light (ITU-R BT.2087 section 4). */
const GAMUT = '1.6605:-0.5876:-0.0728:0:-0.1246:1.1329:-0.0083:0:-0.0182:-0.1006:1.1187';

/**
 * The same curve as tables of each colour by itself: greys and what is not brighter than white or beyond BT.709 come out the same to one
 * step of 256 (measured on patches), what is brighter or beyond loses some of its colour.
 */
function byTables(range: 'pq' | 'hlg', { width, height }: Size): string[] {
  const { a, b } = CURVE;
  const scale = (b * b + 2 * b * KNEE + KNEE * KNEE) / (b - a);
  const curve = `${scale.toFixed(6)}*(ld(1)+${a.toFixed(6)})/(ld(1)+${b.toFixed(6)})`;
  const toLight = `${range === 'pq' ? PQ_LIGHT : HLG_LIGHT};maxval*min(1,if(lte(ld(1),${KNEE}),ld(1),${curve}))`;
  return [
    `scale=${width}:${height}:flags=bicubic:in_color_matrix=bt2020`,
    'format=gbrp16le',
    table(toLight),
    `colorchannelmixer=${GAMUT}`,
    // What screens undo (ITU-R BT.1886), as zscale does.
    table('maxval*pow(val/maxval,1/2.4)'),
    'scale=out_color_matrix=bt709:out_range=tv',
    'format=yuv420p',
    'setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709',
  ];
}

const table = (expression: string) => `lutrgb=${['r', 'g', 'b'].map((name) => `${name}='${expression}'`).join(':')}`;

import JASSUB from 'jassub';
import defaultFontUrl from 'jassub/dist/default.woff2?url';
import wasmUrl from 'jassub/dist/wasm/jassub-worker.wasm?url';
import modernWasmUrl from 'jassub/dist/wasm/jassub-worker-modern.wasm?url';
import workerUrl from 'jassub/dist/worker/worker.js?worker&url';
import type { CaptionWire } from '../../src/features/captions/api.ts';

const absolute = (url: string) => new URL(url, document.baseURI).href;

/**
 * Draws an ASS track over the picture as libass does, with its own fonts. Resolves with the way to stop; rejects where this
 * browser cannot (no WebAssembly, no canvas off the screen).
 */
export async function drawAss(video: HTMLVideoElement, caption: CaptionWire): Promise<() => void> {
  const drawing = new JASSUB({
    video,
    subUrl: absolute(caption.url!),
    // The default one at once, too: fetched when it is missed, it would come after the first picture was drawn without it.
    fonts: [...caption.fonts, defaultFontUrl].map(absolute),
    workerUrl: absolute(workerUrl),
    wasmUrl: absolute(wasmUrl),
    modernWasmUrl: absolute(modernWasmUrl),
    // Nothing is asked of the computer, and nothing of other hosts.
    queryFonts: false,
  });
  const stop = () => void drawing.destroy().catch(() => {});
  try {
    await drawing.ready;
    // It has an error of its own logged and no renderer when its code could not be loaded.
    if (!drawing.renderer) throw new Error('the renderer did not start');
  } catch (error) {
    stop();
    throw error;
  }
  // It draws with each new frame: a film that is paused has none.
  const { currentTime: mediaTime, videoWidth: width, videoHeight: height } = video;
  if (width > 0) {
    await drawing.manualRender({ expectedDisplayTime: performance.now(), mediaTime, width, height }, true);
  }
  return stop;
}

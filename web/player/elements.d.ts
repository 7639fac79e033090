import type { JSX as PreactJSX } from 'preact';
import type { MediaPlayerElement } from 'vidstack/elements';

type CustomElement<T extends HTMLElement = HTMLElement> = PreactJSX.HTMLAttributes<T> & Record<string, unknown>;

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'media-player': CustomElement<MediaPlayerElement>;
      'media-provider': CustomElement;
      'media-captions': CustomElement;
      'media-time-slider': CustomElement;
      'media-volume-slider': CustomElement;
      'media-slider-preview': CustomElement;
      'media-slider-thumbnail': CustomElement;
      'media-slider-value': CustomElement;
    }
  }
}

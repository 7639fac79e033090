import 'vidstack/player/styles/base.css';
import 'vidstack/player/styles/default/captions.css';
import {
  defineCustomElement,
  MediaCaptionsElement,
  MediaPlayerElement,
  MediaProviderElement,
  MediaSliderPreviewElement,
  MediaSliderThumbnailElement,
  MediaSliderValueElement,
  MediaTimeSliderElement,
  MediaVolumeSliderElement,
} from 'vidstack/elements';

// Only what our layout uses: Vidstack's own layouts and menus stay out of the bundle.
for (const element of [
  MediaPlayerElement,
  MediaProviderElement,
  MediaCaptionsElement,
  MediaTimeSliderElement,
  MediaVolumeSliderElement,
  MediaSliderPreviewElement,
  MediaSliderThumbnailElement,
  MediaSliderValueElement,
]) {
  defineCustomElement(element);
}

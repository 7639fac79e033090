import './skeleton.css';

/** A grey shape where something is about to be. Screen readers hear "loading" from the region around it. */
export function Skeleton({ width, height, round }: { width?: string; height?: string; round?: boolean }) {
  return (
    <span
      class={round ? 'skeleton skeleton--round' : 'skeleton'}
      style={{ inlineSize: width, blockSize: height }}
      aria-hidden="true"
    />
  );
}

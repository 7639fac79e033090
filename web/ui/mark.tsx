/** Kinora's mark: a K whose arms are a play sign seen in a frame's edge. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" class="icon">
      <rect x="6" y="5" width="4.6" height="22" rx="2.3" fill="currentColor" />
      <path
        d="M13.7 14.4 22.6 6.1a2.3 2.3 0 0 1 3.1 3.4L18.7 16l7 6.5a2.3 2.3 0 0 1-3.1 3.4l-8.9-8.3a2.2 2.2 0 0 1 0-3.2Z"
        fill="var(--accent)"
      />
    </svg>
  );
}

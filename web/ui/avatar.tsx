import './avatar.css';

export function Avatar({ name, size = 32 }: { name: string; size?: number }) {
  return (
    <span
      class="avatar"
      style={{ inlineSize: `${size}px`, blockSize: `${size}px`, fontSize: `${size * 0.42}px` }}
      aria-hidden="true"
    >
      {name.slice(0, 1).toUpperCase()}
    </span>
  );
}

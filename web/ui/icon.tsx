import './icon.css';
import type { IconNode } from 'lucide';

interface IconProps {
  node: IconNode;
  size?: number;
  /** Solid shapes (play, pause) read better filled. */
  filled?: boolean;
  /** Arrows that must point the other way where text runs right to left. */
  mirrored?: boolean;
}

/** A Lucide icon. Always decoration: the words beside it, or the button's label, say what it means. */
export function Icon({ node, size = 20, filled = false, mirrored = false }: IconProps) {
  return (
    <svg
      class={mirrored ? 'icon icon--mirrored' : 'icon'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={filled ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width={1.75}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {node.map(([Tag, attributes]) => (
        <Tag key={JSON.stringify(attributes)} {...(attributes as object)} />
      ))}
    </svg>
  );
}

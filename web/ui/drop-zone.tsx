import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface DropZoneProps {
  /** Its block class; `…--over` is added while files hover above it. */
  class: string;
  onFiles: (files: FileList | undefined) => void;
  children: ComponentChildren;
}

/** Takes files that are dropped on it. A button beside it, for everybody else, has to do the same. */
export function DropZone({ class: name, onFiles, children }: DropZoneProps) {
  const [hovered, setHovered] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is the pointer's way; the button is everybody's.
    <div
      class={hovered ? `${name} ${name}--over` : name}
      onDragOver={(event) => {
        event.preventDefault();
        setHovered(true);
      }}
      onDragLeave={() => setHovered(false)}
      onDrop={(event) => {
        event.preventDefault();
        setHovered(false);
        onFiles(event.dataTransfer?.files);
      }}
    >
      {children}
    </div>
  );
}

import './gate.css';
import type { ComponentChildren } from 'preact';
import { Mark } from './mark.tsx';

interface GateProps {
  title: string;
  lead?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}

/** A page with one thing to do on it: signing in, registering, setting up. */
export function Gate({ title, lead, wide, children }: GateProps) {
  return (
    <div class="gate">
      <div class={wide ? 'gate__box gate__box--wide' : 'gate__box'}>
        <Mark size={40} />
        <h1>{title}</h1>
        {lead && <p class="gate__lead">{lead}</p>}
        {children}
      </div>
    </div>
  );
}

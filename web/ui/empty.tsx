import './empty.css';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

interface EmptyProps {
  icon: IconNode;
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  'data-testid'?: string;
}

/** Says in a sentence why there is nothing here, and what to do about it. */
export function Empty({ icon, title, children, actions, ...rest }: EmptyProps) {
  return (
    <div class="empty" {...rest}>
      <span class="empty__icon">
        <Icon node={icon} size={28} />
      </span>
      <h2>{title}</h2>
      {children && <div class="empty__text">{children}</div>}
      {actions && <div class="empty__actions">{actions}</div>}
    </div>
  );
}

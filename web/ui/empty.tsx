import './empty.css';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

interface EmptyProps {
  icon: IconNode;
  title: string;
  /** Where it is all there is on the page, its title is the page's. */
  page?: boolean;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  'data-testid'?: string;
}

/** Says in a sentence why there is nothing here, and what to do about it. */
export function Empty({ icon, title, page, children, actions, ...rest }: EmptyProps) {
  const Title = page ? 'h1' : 'h2';
  return (
    <div class="empty" {...rest}>
      <span class="empty__icon">
        <Icon node={icon} size={28} />
      </span>
      <Title class="empty__title">{title}</Title>
      {children && <div class="empty__text">{children}</div>}
      {actions && <div class="empty__actions">{actions}</div>}
    </div>
  );
}

import './banner.css';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

interface BannerProps {
  icon: IconNode;
  tone?: 'plain' | 'warn' | 'bad';
  children: ComponentChildren;
  action?: ComponentChildren;
  'data-testid'?: string;
}

export function Banner({ icon, tone = 'plain', children, action, ...rest }: BannerProps) {
  return (
    <div class={`banner banner--${tone}`} role={tone === 'bad' ? 'alert' : 'status'} {...rest}>
      <Icon node={icon} size={20} />
      <div class="banner__text">{children}</div>
      {action}
    </div>
  );
}

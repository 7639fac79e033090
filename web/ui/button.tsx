import './button.css';
import type { IconNode } from 'lucide';
import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './icon.tsx';

type Variant = 'primary' | 'soft' | 'quiet' | 'danger';

interface Look {
  variant?: Variant;
  icon?: IconNode;
  small?: boolean;
  children?: ComponentChildren;
  'data-testid'?: string;
}

type ButtonProps = Look & Omit<JSX.IntrinsicElements['button'], 'icon' | 'size'> & { busy?: boolean };

function classOf({ variant = 'soft', small }: Look): string {
  return `button button--${variant}${small ? ' button--small' : ''}`;
}

export function Button({ variant, icon, small, busy = false, children, disabled, type, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      class={classOf({ variant, small })}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
    >
      {icon && <Icon node={icon} size={small ? 16 : 18} />}
      <span class="button__text">{children}</span>
    </button>
  );
}

type LinkProps = Look & { href: string; target?: string };

/** Looks like a button, goes somewhere: a link. */
export function ButtonLink({ variant, icon, small, children, ...rest }: LinkProps) {
  return (
    <a {...rest} class={classOf({ variant, small })}>
      {icon && <Icon node={icon} size={small ? 16 : 18} />}
      <span class="button__text">{children}</span>
    </a>
  );
}

interface IconButtonProps extends Omit<JSX.IntrinsicElements['button'], 'label' | 'icon' | 'size'> {
  icon: IconNode;
  /** Said by screen readers and shown on hover. */
  label: string;
  filled?: boolean;
  mirrored?: boolean;
  size?: number;
}

export function IconButton({ icon, label, filled, mirrored, size = 20, ...rest }: IconButtonProps) {
  return (
    <button type="button" class="icon-button" {...rest} aria-label={label} title={label}>
      <Icon node={icon} filled={filled} mirrored={mirrored} size={size} />
    </button>
  );
}

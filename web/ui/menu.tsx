import './menu.css';
import type { IconNode } from 'lucide';
import { Check } from 'lucide';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { moveFocus } from './roving.ts';

interface MenuProps {
  /** Draws the button; spread `wiring` on it. */
  trigger: (wiring: MenuWiring) => ComponentChildren;
  label: string;
  children: ComponentChildren;
  side?: 'below' | 'above';
  'data-testid'?: string;
}

export interface MenuWiring {
  ref: RefObject<HTMLButtonElement | null>;
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
  'aria-controls': string;
  onClick: () => void;
}

/** A button that opens a menu: arrow keys move, Escape and a click elsewhere close, focus goes back to the button. */
export function Menu({ trigger, label, children, side = 'below', ...rest }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    list.current?.querySelector<HTMLElement>('[role^=menuitem]')?.focus();
    const elsewhere = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!list.current?.contains(target) && !button.current?.contains(target)) setOpen(false);
    };
    addEventListener('pointerdown', elsewhere);
    return () => removeEventListener('pointerdown', elsewhere);
  }, [open]);

  function close(): void {
    setOpen(false);
    button.current?.focus();
  }

  return (
    <div class="menu">
      {trigger({
        ref: button,
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        'aria-controls': id,
        onClick: () => setOpen(!open),
      })}
      {open && (
        <div
          ref={list}
          id={id}
          class={`menu__list menu__list--${side}`}
          role="menu"
          tabIndex={-1}
          aria-label={label}
          data-testid={rest['data-testid']}
          onKeyDown={(event) => {
            if (event.key === 'Escape') close();
            else if (event.key === 'Tab') setOpen(false);
            else if (!moveFocus(event, '[role^=menuitem]')) return;
            if (event.key !== 'Tab') event.preventDefault();
            event.stopPropagation();
          }}
          onClick={(event) => (event.target as Element).closest('[role^=menuitem]') && close()}
        >
          {children}
        </div>
      )}
    </div>
  );
}

interface MenuItemProps {
  icon?: IconNode;
  onChoose?: () => void;
  href?: string;
  /** Set on items of which one is chosen. */
  checked?: boolean;
  danger?: boolean;
  children: ComponentChildren;
  'data-testid'?: string;
}

export function MenuItem({ icon, onChoose, href, checked, danger, children, ...rest }: MenuItemProps) {
  const className = danger ? 'menu__item menu__item--danger' : 'menu__item';
  const inside = (
    <>
      {icon && <Icon node={icon} size={18} />}
      <span class="menu__text">{children}</span>
      {checked && <Icon node={Check} size={16} />}
    </>
  );
  if (href) {
    return (
      <a class={className} role="menuitem" tabIndex={-1} href={href} {...rest}>
        {inside}
      </a>
    );
  }
  const role = checked === undefined ? 'menuitem' : 'menuitemradio';
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: aria-checked is undefined unless the role is menuitemradio.
    <button
      type="button"
      class={className}
      role={role}
      aria-checked={checked}
      tabIndex={-1}
      onClick={onChoose}
      {...rest}
    >
      {inside}
    </button>
  );
}

export function MenuHeading({ children }: { children: ComponentChildren }) {
  return <p class="menu__heading">{children}</p>;
}

export function MenuLine() {
  return <hr class="menu__line" />;
}

import './dialog.css';
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../lib/i18n/translate.ts';
import { IconButton } from './button.tsx';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Buttons, at the end of the dialog. */
  actions?: ComponentChildren;
  wide?: boolean;
  'data-testid'?: string;
}

/** A modal <dialog>: the browser keeps the focus inside, and gives it back to where it was. */
export function Dialog({ title, onClose, children, actions, wide, ...rest }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    // The first thing to fill in or press, not the way out.
    element.current?.querySelector<HTMLElement>('.dialog__body :is(input, select, textarea, button)')?.focus();
    return () => {
      element.current?.close();
      // The dialog leaves the page while open, so the browser has nothing left to give the focus back from.
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes too; the click is the pointer's way (beside the dialog).
    <dialog
      ref={element}
      class={wide ? 'dialog dialog--wide' : 'dialog'}
      aria-labelledby={titleId}
      data-testid={rest['data-testid']}
      onCancel={(event) => {
        // A file chooser that is left tells of it in the same way, and its event rises to here.
        if (event.target !== element.current) return;
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div class="dialog__box">
        <header class="dialog__head">
          <h2 id={titleId}>{title}</h2>
          <IconButton icon={X} label={t('action.close')} onClick={onClose} />
        </header>
        <div class="dialog__body">{children}</div>
        {actions && <footer class="dialog__actions">{actions}</footer>}
      </div>
    </dialog>
  );
}

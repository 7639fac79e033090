import './switch.css';
import type { JSX } from 'preact';

type SwitchProps = Omit<JSX.IntrinsicElements['input'], 'type' | 'role' | 'onChange'> & {
  onSwitch: (on: boolean) => void;
};

/** On or off, at once. Its label is somewhere beside it. */
export function Switch({ onSwitch, checked, ...rest }: SwitchProps) {
  return (
    <input
      {...rest}
      type="checkbox"
      role="switch"
      checked={checked}
      aria-checked={checked as boolean}
      class="switch"
      onChange={(event) => onSwitch(event.currentTarget.checked)}
    />
  );
}

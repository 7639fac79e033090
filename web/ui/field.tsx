import './field.css';
import type { ComponentChildren, JSX, TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  error?: string;
}

interface Wiring {
  id: string;
  'aria-invalid'?: 'true';
  'aria-describedby'?: string;
}

/** Label above, sentence below: the hint, or what is wrong. `children` gets the ids that tie them together. */
export function Field({
  label,
  hint,
  error,
  children,
}: FieldProps & { children: (wiring: Wiring) => ComponentChildren }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error ? 'true' : undefined,
        'aria-describedby': note ? `${id}-note` : undefined,
      })}
      {note && (
        <p class={error ? 'field__note field__note--error' : 'field__note'} id={`${id}-note`}>
          {note}
        </p>
      )}
    </div>
  );
}

type InputEvent = TargetedEvent<HTMLInputElement>;

interface TextFieldProps extends FieldProps {
  value: string;
  type?: 'text' | 'email' | 'password' | 'url';
  name?: string;
  autoComplete?: string;
  autoCapitalize?: 'none';
  /** For what people write in their own language. */
  dir?: 'auto';
  spellcheck?: boolean;
  required?: boolean;
  readOnly?: boolean;
  minLength?: number;
  maxLength?: number;
  onInput?: (event: InputEvent) => void;
  onBlur?: () => void;
  onFocus?: (event: InputEvent) => void;
  'data-testid'?: string;
}

export function TextField({ label, hint, error, type = 'text', ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <input class="field__control" type={type as 'text'} autoComplete="off" {...input} {...wiring} />}
    </Field>
  );
}

export function TextArea({
  label,
  hint,
  error,
  ...area
}: FieldProps & Omit<JSX.IntrinsicElements['textarea'], 'label'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <textarea class="field__control field__control--area" rows={4} {...area} {...wiring} />}
    </Field>
  );
}

export interface Choice<V extends string> {
  value: V;
  label: string;
}

type SelectProps<V extends string> = FieldProps & {
  value: V;
  choices: Choice<V>[];
  onChoose: (value: V) => void;
} & Pick<JSX.IntrinsicElements['select'], 'name' | 'disabled'>;

export function SelectField<V extends string>({ label, hint, error, choices, onChoose, ...select }: SelectProps<V>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <select
          class="field__control field__control--select"
          onChange={(event) => onChoose(event.currentTarget.value as V)}
          {...select}
          {...wiring}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

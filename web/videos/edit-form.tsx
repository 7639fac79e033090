import type { z } from 'zod';
import type { VideoWire, Visibility as VisibilitySchema } from '../../src/features/videos/api.ts';
import { t } from '../lib/i18n/translate.ts';
import { SelectField, TextArea, TextField } from '../ui/field.tsx';

type Visibility = z.infer<typeof VisibilitySchema>;
export type VideoDraft = Pick<VideoWire, 'title' | 'description' | 'visibility'>;

const VISIBILITIES: Visibility[] = ['public', 'unlisted', 'internal', 'private'];

interface EditFieldsProps {
  draft: VideoDraft;
  errors: Record<string, string>;
  onChange: (change: Partial<VideoDraft>) => void;
  /** Called when a field is left: forms that save by themselves save then. */
  onLeave?: () => void;
}

/** Title, visibility and description: the same three on the upload page and in the dialog. */
export function EditFields({ draft, errors, onChange, onLeave }: EditFieldsProps) {
  return (
    <>
      <TextField
        label={t('field.title')}
        dir="auto"
        value={draft.title}
        maxLength={200}
        required
        error={errors.title}
        onInput={(event) => onChange({ title: event.currentTarget.value })}
        onBlur={onLeave}
        data-testid="field-title"
      />
      <SelectField
        label={t('field.visibility')}
        value={draft.visibility}
        choices={VISIBILITIES.map((value) => ({ value, label: t(`visibility.${value}`) }))}
        hint={t(`visibility.${draft.visibility}Hint`)}
        error={errors.visibility}
        onChoose={(visibility) => onChange({ visibility })}
      />
      <TextArea
        label={t('field.description')}
        dir="auto"
        value={draft.description}
        maxLength={10_000}
        error={errors.description}
        hint={t('field.descriptionHint')}
        onInput={(event) => onChange({ description: event.currentTarget.value })}
        onBlur={onLeave}
        data-testid="field-description"
      />
    </>
  );
}

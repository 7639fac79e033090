import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { ChannelWire } from '../../../src/features/channels/api.ts';
import { editChannel } from '../../lib/api/channels.ts';
import { appPath } from '../../lib/base.ts';
import { refresh } from '../../lib/cache/resource.ts';
import { t } from '../../lib/i18n/translate.ts';
import { user } from '../../lib/session.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { AskDialog } from '../../ui/ask-dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { showToast } from '../../ui/toast.tsx';

/** What a channel is called, where it is, and what it says of itself. */
export function EditChannelDialog({ channel, onClose }: { channel: ChannelWire; onClose: () => void }) {
  const { route } = useLocation();
  const [draft, setDraft] = useState({
    name: channel.name,
    handle: channel.handle,
    description: channel.description,
  });
  const form = useSubmit(async () => {
    const { channel: next } = await editChannel(channel.id, draft);
    const who = user.value;
    if (who?.channel?.id === next.id) {
      user.value = { ...who, channel: { id: next.id, handle: next.handle, name: next.name } };
    }
    showToast(t('saved'));
    onClose();
    if (next.handle !== channel.handle) route(appPath(`/channel/${next.handle}`), true);
    refresh('channels');
    refresh('videos');
  });
  return (
    <AskDialog
      title={t('channel.edit')}
      onClose={onClose}
      wide
      data-testid="channel-dialog"
      form={form}
      act={t('action.save')}
      actTestId="channel-save"
    >
      <TextField
        label={t('channel.name')}
        value={draft.name}
        maxLength={80}
        required
        error={form.errors.name}
        onInput={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
        data-testid="channel-name"
      />
      <TextField
        label={t('channel.handle')}
        value={draft.handle}
        maxLength={40}
        required
        autoCapitalize="none"
        spellcheck={false}
        hint={t('channel.handleHint')}
        error={form.errors.handle}
        onInput={(event) => setDraft({ ...draft, handle: event.currentTarget.value })}
        data-testid="channel-handle"
      />
      <TextArea
        label={t('field.description')}
        value={draft.description}
        maxLength={5000}
        hint={t('channel.descriptionHint')}
        error={form.errors.description}
        onInput={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
        data-testid="channel-description"
      />
    </AskDialog>
  );
}

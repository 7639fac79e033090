/** Channels: where somebody's videos are published. */
export const enChannel = {
  'channel.yours': 'Your channel',
  'channel.videos': { one: 'One video', other: '{count} videos' },
  'channel.manyVideos': 'more than {count} videos',
  'channel.emptyTitle': 'Nothing here yet',
  'channel.emptyText': 'What you upload or import is published here, for those whom each video is for.',
  'channel.goneTitle': 'There is no such channel',
  'channel.errorTitle': 'This channel cannot be shown now',
  'channel.edit': 'Edit channel',
  'channel.name': 'Name',
  'channel.handle': 'Handle',
  'channel.handleHint': 'The address of the channel. Links to the old one stop working.',
  'channel.descriptionHint': 'What is to be found here.',
} as const;

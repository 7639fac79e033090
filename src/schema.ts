/** LIST 5: every table. */
export { invites, passwordResets, registrations, sessions, users } from './features/accounts/schema.ts';
export { auditActs } from './features/audit/schema.ts';
export { captions } from './features/captions/schema.ts';
export { channels } from './features/channels/schema.ts';
export { watchProgress } from './features/history/schema.ts';
export { imports } from './features/imports/schema.ts';
export { setupTokens } from './features/instance/schema.ts';
export { libraries, libraryFolders } from './features/libraries/schema.ts';
export { noticePreferences, notices } from './features/notices/schema.ts';
export { diskDays, storageUsage } from './features/overview/schema.ts';
export { pushKeys, pushSubscriptions } from './features/push/schema.ts';
export { settings } from './features/settings/schema.ts';
export { tasks } from './features/tasks/schema.ts';
export { renditions, sources, trackIndexes, videos } from './features/videos/schema.ts';
export { jobs } from './platform/queue.schema.ts';

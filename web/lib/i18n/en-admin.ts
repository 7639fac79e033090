/** The admin area: its bar, the overview and users. A part of the catalogue in en.ts. */
export const enAdmin = {
  'nav.admin': 'Admin',
  'admin.overview': 'Overview',
  'overview.lead': 'What Kinora is doing right now, and whether all is well.',
  'overview.jobs.running': 'jobs running',
  'overview.jobs.queued': 'jobs waiting',
  'overview.jobs.failed': 'jobs failed',
};

/** The pages of the documentation in the order people need them: the side bar of the site. A test proves none is missing. */
export const PAGES = [
  {
    text: 'Begin',
    items: [
      { text: 'Which page to read', link: '/docs/' },
      { text: 'Install', link: '/docs/install' },
      { text: 'As one file', link: '/docs/install-binary' },
      { text: 'In a container', link: '/docs/install-container' },
      { text: 'As a service of systemd', link: '/docs/install-systemd' },
      { text: 'Reverse proxies', link: '/docs/reverse-proxies' },
      { text: 'HTTPS', link: '/docs/https' },
    ],
  },
  {
    text: 'Use',
    items: [
      { text: 'Users', link: '/docs/users' },
      { text: 'Libraries', link: '/docs/libraries' },
      { text: 'Uploads and videos', link: '/docs/videos' },
      { text: 'Channels', link: '/docs/channels' },
    ],
  },
  {
    text: 'Run',
    items: [
      { text: 'Configuration', link: '/docs/configure' },
      { text: 'Backups', link: '/docs/backup' },
      { text: 'Storage', link: '/docs/storage' },
      { text: 'Mail', link: '/docs/mail' },
      { text: 'Notices', link: '/docs/notices' },
      { text: 'Workers', link: '/docs/workers' },
      { text: 'Hardware', link: '/docs/hardware' },
      { text: 'Metrics', link: '/docs/metrics' },
      { text: 'The command line', link: '/docs/cli' },
      { text: 'When something is wrong', link: '/docs/troubleshooting' },
    ],
  },
  {
    text: 'Build upon',
    items: [
      { text: 'The API', link: '/docs/api' },
      { text: 'Architecture', link: '/docs/architecture' },
      { text: 'Decisions', link: '/docs/decisions/' },
      { text: 'How fast it is', link: '/docs/performance' },
      { text: 'Contributing', link: '/CONTRIBUTING' },
      { text: 'Security', link: '/SECURITY' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
  },
];

import { enAdmin } from './en-admin.ts';
import { enBackups } from './en-backups.ts';
import { enChannel } from './en-channel.ts';
import { enJobs } from './en-jobs.ts';
import { enLibrary } from './en-library.ts';
import { enNotices } from './en-notices.ts';
import { enPeople } from './en-people.ts';
import { enPlayer } from './en-player.ts';
import { enRecords } from './en-records.ts';
import { enUpload } from './en-upload.ts';
import { enWatch } from './en-watch.ts';

/** Every text of the interface in English: the catalogue others are translated from. Keys are checked by the compiler. */
export const en = {
  ...enUpload,
  ...enLibrary,
  ...enWatch,
  ...enJobs,
  ...enPlayer,
  ...enRecords,
  ...enAdmin,
  ...enPeople,
  ...enNotices,
  ...enBackups,
  ...enChannel,
  loading: 'Loading',
  saved: 'Saved.',
  copied: 'Copied.',
  copyFailed: 'Your browser would not let Kinora copy. Here it is: {text}',
  'time.now': 'just now',

  'action.cancel': 'Cancel',
  'action.close': 'Close',
  'action.delete': 'Delete',
  'action.edit': 'Edit',
  'action.more': 'Show more',
  'action.retry': 'Try again',
  'action.save': 'Save',
  'action.share': 'Share',
  'action.showLess': 'Show less',
  'action.showMore': 'Show more',
  'action.undo': 'Undo',
  'action.watch': 'Watch',

  'problem.unreachable': 'Kinora does not answer. Check your connection; this page tries again by itself.',
  'problem.unexpected': 'Something went wrong here. Please try again.',
  'problem.status': 'The server answered with status {status}. Please try again.',

  'start.failed': 'Kinora cannot be reached',
  'shell.skip': 'Skip to content',
  'shell.home': '{name}: home',
  'disk.low': 'The disk is nearly full: {free} left of {total}.',
  'disk.paused':
    'Encoding ahead, pictures, captions and the fetching of links are paused, and large uploads are refused; playing goes on.',
  'disk.todo': 'Delete videos nobody needs or make the disk larger. All goes on by itself when {keep} are free.',

  'shell.unreachable':
    'Kinora does not answer right now. What you see may be old; it is tried again every few seconds.',
  'crash.title': 'This page has stumbled',
  'crash.text': 'Something unexpected happened while showing it. Nothing you have stored is affected.',
  'guard.adminTitle': 'For admins only',
  'guard.adminText': 'Ask an admin of this instance if you need something from here.',

  'nav.main': 'Main',
  'nav.home': 'Home',
  'nav.libraries': 'Libraries',
  'nav.upload': 'Upload',
  'nav.uploads': 'Uploads',
  'nav.jobs': 'Jobs',

  'account.menu': 'Account and appearance',
  'account.signOut': 'Sign out',
  'role.admin': 'Admin',
  'role.moderator': 'Moderator',
  'role.member': 'Member',
  'theme.title': 'Appearance',
  'theme.system': 'As the device',
  'theme.light': 'Light',
  'theme.dark': 'Dark',

  'field.title': 'Title',
  'field.description': 'Description',
  'field.descriptionHint': 'Times such as 1:30 become links into the video.',
  'field.visibility': 'Who may watch',
  'field.username': 'Username',
  'field.email': 'E-mail address',
  'field.password': 'Password',
  'field.passwordHint': 'At least 8 characters.',
  'field.login': 'Username or e-mail address',

  'visibility.public': 'Public',
  'visibility.publicHint': 'Anybody, also without an account.',
  'visibility.unlisted': 'Unlisted',
  'visibility.unlistedHint': 'Anybody who has the link; it is not listed anywhere.',
  'visibility.internal': 'Internal',
  'visibility.internalHint': 'Anybody with an account here.',
  'visibility.private': 'Private',
  'visibility.privateHint': 'You alone, and the admins.',

  'signIn.title': 'Sign in',
  'signIn.welcome': 'Sign in to {name}',
  'signIn.noAccount': 'New here?',
  'signIn.askInvite': 'No account yet? You need an invite from the person who runs this instance.',
  'signIn.askAdmin': 'No account yet? Ask the person who runs this instance.',
  'register.title': 'Create an account',
  'register.lead': 'Your account on {name} remembers where you stopped watching.',
  'register.haveAccount': 'Have an account already?',
  'register.closedTitle': 'Registration is closed',
  'register.closedText': 'New accounts on this instance are made by its admin. Please ask them for one.',

  'setup.title': 'Welcome to Kinora',
  'setup.lead': 'First, your own account. It will be the admin of this instance.',
  'setup.step': 'Step {step} of {steps}',
  'setup.token': 'Setup token',
  'setup.tokenMissing':
    'To show that this Kinora is yours, open the address it printed on the console where you started it:',
  'setup.tokenMissing2': 'Or paste the token, the part after “token=”, here.',
  'setup.submit': 'Create the admin account',
  'setup.folderTitle': 'Which folder shall Kinora watch?',
  'setup.folderText':
    'Films and shows in it appear by themselves, also those you add later. Kinora only reads: your files stay as they are.',
  'setup.skip': 'Skip for now',
  'setup.watch': 'Watch this folder',
  'setup.doneTitle': 'Kinora is set up',
  'setup.doneText': 'This instance has its admin already.',

  'home.continue': 'Continue watching',
  'home.recent': 'Recently added',
  'home.newIn': 'New in {name}',
  'home.all': 'All videos',
  'home.left': '{time} left',
  'home.forget': 'Remove “{title}” from continue watching',
  'home.forgotten': 'Removed “{title}” from continue watching.',
  'row.back': 'Scroll back',
  'row.on': 'Scroll on',

  'welcome.visitorText': 'The videos here are for people with an account.',
  'welcome.memberTitle': 'Nothing to watch yet',
  'welcome.memberText': 'As soon as somebody adds videos, they show up here.',
  'welcome.memberMayUpload': 'Be the first: upload a video, and it can be watched within a second.',
  'welcome.adminTitle': 'It is all yours, {name}',
  'welcome.adminText': 'Kinora is running. Three steps, in any order, and there is something to watch.',
  'welcome.step1': 'Add a folder',
  'welcome.step1Text': 'Point Kinora at your films, shows or home videos. They stay where they are.',
  'welcome.step1Done': 'Kinora is looking through your folders. Videos show up here as they are found.',
  'welcome.step1See': 'See libraries',
  'welcome.step2': 'Upload a video',
  'welcome.step2Text': 'It plays within a second of its last byte, while the other qualities are still being made.',
  'welcome.step3': 'Let people in',
  'welcome.step3Open': 'Registration is open: send people the address of this instance.',
  'welcome.step3Approval': 'People register at the address of this instance, and you say yes under Users.',
  'welcome.step3Invite': 'People register with an invite link, which you make under Users.',
  'welcome.step3Closed': 'Registration is closed: make accounts under Users, or open it in the settings.',
  'welcome.copyAddress': 'Copy the address',

  'video.offline': 'Offline',
  'video.originalMissing': 'Original missing',
  'video.failed': 'Failed',
  'video.uploading': 'Uploading {percent}',
  'video.fetching': 'Fetching {percent}',
  'video.processing': 'Processing',
  'video.encoding': 'Encoding {percent}',
  'video.deleted': 'Deleted “{title}”.',
  'video.restored': '“{title}” is back.',

  'edit.title': 'Edit video',

  'kind.movies': 'Movies',
  'kind.moviesHint': 'One film a file or folder.',
  'kind.shows': 'Shows',
  'kind.showsHint': 'Episodes, in a folder for each show.',
  'kind.home': 'Home videos',
  'kind.homeHint': 'Anything else, just as it lies there.',

  'jobState.queued': 'Waiting',
  'jobState.running': 'Running',
  'jobState.done': 'Done',
  'jobState.failed': 'Failed',
  'jobState.cancelled': 'Cancelled',

  'notFound.title': 'There is nothing here',
  'notFound.text': 'The address may be mistyped, or what was here is gone.',
  'notFound.home': 'Go home',
} as const;

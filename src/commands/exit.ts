/** What a command's exit code says. Documented in docs/cli.md and kept: scripts go by it. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  notFound: 4,
  interrupted: 130,
} as const;

export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, 'It is done.'],
  [EXIT.failed, 'It failed, or was refused; `doctor` found something that keeps Kinora from working.'],
  [EXIT.usage, 'The command was not understood, or something it was given is not valid. Nothing was changed.'],
  [EXIT.notRunning, 'It needs a running Kinora, and none runs on this data folder or can be reached from here.'],
  [EXIT.notFound, 'What it names does not exist: an account, a library, a job, a video, a file.'],
  [EXIT.interrupted, 'It was interrupted (Ctrl-C).'],
];

/** A failure whose message is a sentence for whoever typed the command. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

export const wrongUsage = (message: string) => new CommandFailure(message, EXIT.usage);
export const notThere = (message: string) => new CommandFailure(message, EXIT.notFound);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HardwareReason } from '../../media/encode/encoders/hardware-trial.ts';
import { type HardwareFinding, restingHardware, tryHardware } from '../../platform/hardware.ts';
import { type Check, type Finding, note, ok, type Patient, warning } from './check.ts';

/** Which devices encode, by really encoding: every one there is, whatever the configuration chooses. */
export const hardwareCheck: Check = {
  title: 'Hardware encoders',
  async run(patient) {
    const { config, ffmpeg, dataFolder, nowMs } = patient;
    const settings = { hardware: config.encoding.hardware, device: config.encoding.device };
    const tmpFolder = mkdtempSync(join(tmpdir(), 'kinora-doctor-'));
    try {
      const tried = await tryHardware({ ffmpeg, settings, tmpFolder }, { all: true });
      const resting = restingHardware(dataFolder, nowMs).map(({ encoder, reason, untilMs }) => {
        const minutes = Math.ceil((untilMs - nowMs) / 60_000);
        const text = `${encoder} failed while encoding (${reason}): software does its work for ${minutes} more minutes`;
        return warning(text, 'If this comes again, set encoding.hardware to "off" or update the driver.');
      });
      return [...tried.map((one) => findingOf(one, patient)), ...resting, chosen(tried, patient)];
    } catch (error) {
      return [warning(`they cannot be tried: ${(error as Error).message}`)];
    } finally {
      rmSync(tmpFolder, { recursive: true, force: true });
    }
  },
};

function findingOf({ encoder, device, failure, family }: HardwareFinding, { config }: Patient): Finding {
  if (!failure) return ok(`${encoder} works${device ? ` on ${device}` : ''}`);
  const name = encoder.startsWith('h264_') ? family : encoder;
  const say = config.encoding.hardware === family ? warning : note;
  return say(`${name}: ${failure.reason}`, todoOf(failure, config.encoding.hardware === family));
}

/** Nobody needs to be told how to install what they have not got. */
function todoOf({ reason, todo }: HardwareReason, isWanted: boolean): string | undefined {
  return todo && (isWanted || /may not be opened|too old/.test(reason)) ? todo : undefined;
}

function chosen(tried: HardwareFinding[], { config }: Patient): Finding {
  const { hardware } = config.encoding;
  if (hardware === 'off') return ok('encoding.hardware is off: software encodes everything');
  const works = tried.filter(({ failure, family }) => !failure && (hardware === 'auto' || family === hardware));
  const first = works.find(({ codec }) => codec === 'h264');
  if (first) return ok(`encoding.hardware is ${hardware}: ${first.family} is used`);
  const text = `encoding.hardware is ${hardware}: software encodes everything`;
  return hardware === 'auto' ? ok(text) : warning(text, 'Set encoding.hardware to "auto" or "off" if that is meant.');
}

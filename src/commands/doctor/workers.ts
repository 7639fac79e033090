import { BEAT_MS, KEYS, LOST_MS, WorkerCard } from '../../platform/workers/protocol.ts';
import { openRedis, type Redis, redisName } from '../../platform/workers/redis.ts';
import { redisTrouble } from '../../platform/workers/redis-trouble.ts';
import { readCard } from '../../platform/workers/roster.ts';
import { VERSION } from '../../version.ts';
import { type Check, type Finding, note, ok, problem, warning } from './check.ts';

/** Redis or Valkey, and the workers that are reached by it (`jobs.redis`). */

const TIMEOUT_MS = 5000;
/** What is asked of Redis came with 6.2. */
const OLDEST = [6, 2] as const;

export const workersCheck: Check = {
  title: 'Workers',
  async run({ config }) {
    const url = config.jobs.redis;
    if (url === '') return [];
    const name = redisName(url);
    let lastError = noAnswer(url);
    const redis = await openRedis(url, (error) => (lastError = redisTrouble(url, error)));
    try {
      const info = await inTime(redis.info());
      return [...serverFindings(name, info), ...(await policyFindings(redis)), ...(await workerFindings(redis))];
    } catch (error) {
      // Workers help; without them the server does all by itself.
      const why = error instanceof TimedOut ? lastError : redisTrouble(url, error as Error);
      const todo = 'Start it, or correct jobs.redis. Until then this server encodes by itself.';
      return [warning(`Redis at ${name} cannot be used: ${why}`, todo)];
    } finally {
      redis.disconnect();
    }
  },
};

/** What is not TLS waits for the rest of what it takes for a command. */
export const noAnswer = (url: string) =>
  url.startsWith('rediss:') ? 'it does not answer, or not by TLS' : 'it does not answer';

/** Shows who is there, by name, as `kinora health --worker` wants to know. Throws where Redis does not answer. */
export async function presentWorkers(redis: Redis): Promise<WorkerCard[]> {
  const read = async () => {
    const ids = await redis.smembers(KEYS.workers);
    const texts = ids.length > 0 ? await redis.mget(ids.map(KEYS.worker)) : [];
    return texts.flatMap((text) => readCard(WorkerCard, text) ?? []);
  };
  const before = await inTime(read());
  if (before.length === 0) return [];
  // The card of a worker that was killed stays for a while, but does not change.
  await new Promise((resolve) => setTimeout(resolve, 2.5 * BEAT_MS));
  const after = await inTime(read());
  return after.filter(({ id, beat }) => before.find((card) => card.id === id)?.beat !== beat);
}

function serverFindings(name: string, info: string): Finding[] {
  const field = (key: string) => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
  const valkey = field('valkey_version');
  const version = valkey ?? field('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const what = `${valkey ? 'Valkey' : 'Redis'} ${version} at ${name}`;
  if (valkey === null && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])))
    return [problem(`${what} is too old`, `Install Redis ${OLDEST.join('.')} or newer, or Valkey.`)];
  return [ok(`${what} answers`)];
}

/** BullMQ's keys must not be thrown out when memory runs short. Nothing has to outlive a restart: jobs are in the database. */
async function policyFindings(redis: Redis): Promise<Finding[]> {
  // Redis as a service often does not let anybody ask.
  const reply = await inTime(redis.config('GET', 'maxmemory-policy')).catch(() => null);
  const policy = Array.isArray(reply) ? (reply[1] as string | undefined) : undefined;
  if (policy === undefined || policy === 'noeviction') return [];
  const todo = 'Set maxmemory-policy noeviction, or give Kinora a Redis of its own.';
  return [warning(`throws out keys when memory runs short (${policy}), and work of Kinora's with them`, todo)];
}

async function workerFindings(redis: Redis): Promise<Finding[]> {
  const workers = await presentWorkers(redis);
  if (workers.length === 0) {
    const todo = `Start one: kinora worker. See docs/workers.md. One that was just started is seen within ${LOST_MS / 1000} s.`;
    return [note('no worker is there: this server encodes by itself', todo)];
  }
  return workers.map(({ name, version, slots, refusal }) => {
    if (refusal !== null) return warning(`worker ${name} takes no work: ${refusal}`);
    return ok(
      `worker ${name} is there, version ${version === VERSION ? 'as here' : version}, ${slots === 1 ? 'one part' : `${slots} parts`} at once`,
    );
  });
}

class TimedOut extends Error {}

function inTime<T>(asked: Promise<T>): Promise<T> {
  asked.catch(() => {});
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimedOut()), TIMEOUT_MS);
    asked.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { S3Settings } from '../../src/platform/storage/s3/settings.ts';

/** A real S3 server on the loopback: Ceph's gateway over a cluster of one, from Debian's packages. */
export interface S3Server {
  endpoint: string;
  /** Settings for a bucket of its own, made for this. */
  newBucket(): Promise<S3Settings & { secretAccessKey: string }>;
  /** The names of all that is in a bucket. */
  keys(bucket: S3Settings): Promise<string[]>;
  /** Bytes of an object; null where there is none. */
  sizeOf(bucket: S3Settings, name: string): Promise<number | null>;
  keepVersions(bucket: S3Settings): Promise<void>;
  /** The gateway is gone, with whatever it was sending, until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

const missing = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-mgr'].some(
  (program) => spawnSync(program, ['--version']).error,
);
if (missing && process.env['CI']) throw new Error('CI must have radosgw, ceph-mon, ceph-osd and ceph-mgr');
/** Whether tests that need it have to leave themselves out. */
export const lacksRadosgw = missing;

const KEYS = { accessKeyId: 'KINORATEST', secretAccessKey: 'kinora-test-secret' };
const ATTEMPTS = 3;
const START_MS = 30_000;
const CALL_MS = 20_000;
const CALLS = 5;
const run = promisify(execFile);

/** On a busy machine a new cluster was seen to get stuck, and never an old one: then another is begun. */
export async function startRadosgw(): Promise<S3Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startCluster();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function startCluster(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-s3-'));
  const [monPort, s3Port] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${s3Port}`;
  const fsid = randomUUID();
  for (const name of ['mon', 'osd', 'mgr', 'rgw', 'run']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'ceph.conf'), configuration({ folder, fsid, monPort, s3Port }));
  const env = { ...process.env, CEPH_CONF: join(folder, 'ceph.conf') };
  const children: ChildProcess[] = [];
  const start = (program: string, ...args: string[]) => {
    const child = spawn(program, [...args, '-f'], { env, stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const call = async (program: string, ...args: string[]): Promise<string> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await run(program, args, { env, timeout: CALL_MS })).stdout;
      } catch (error) {
        // A monitor that has just begun refuses some of what it is asked.
        if (attempt === CALLS || !String((error as Error).message).includes('EPERM')) throw error;
      }
    }
  };
  const startGateway = async () => {
    const child = start('radosgw', '-n', 'client.rgw');
    await answers(endpoint, child, folder);
    return child;
  };
  const stop = async () => {
    // The gateway first: it waits for a cluster that is gone.
    for (const child of children.toReversed()) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const map = join(folder, 'monmap');
    await call('monmaptool', '--create', '--addv', 'a', `[v1:127.0.0.1:${monPort}]`, '--fsid', fsid, map);
    await call('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map);
    start('ceph-mon', '-i', 'a');
    const osd = randomUUID();
    await call('ceph', 'osd', 'new', osd, '0');
    start('ceph-mgr', '-i', 'x');
    await call('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
    await call('ceph', 'osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=h0');
    start('ceph-osd', '-i', '0');
    await until(async () => /1 up/.test(await call('ceph', 'osd', 'stat')), 'the cluster has no disk');
    const user = ['--uid=kinora', '--display-name=kinora'];
    const keys = [`--access-key=${KEYS.accessKeyId}`, `--secret=${KEYS.secretAccessKey}`];
    // On a busy machine it was seen to wait for a cluster that had long been ready.
    await until(() => call('radosgw-admin', 'user', 'create', ...user, ...keys).then(() => true), 'there is no user');
    let gateway = await startGateway();
    const sdk = await import('@aws-sdk/client-s3');
    const client = new sdk.S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { ...KEYS } });
    return {
      endpoint,
      async newBucket() {
        const settings = {
          endpoint,
          region: 'us-east-1',
          bucket: `kinora-${randomBytes(6).toString('hex')}`,
          prefix: '',
          pathStyle: true,
          ...KEYS,
        };
        await client.send(new sdk.CreateBucketCommand({ Bucket: settings.bucket }));
        return settings;
      },
      async keys({ bucket }) {
        const keys: string[] = [];
        for await (const { Contents } of sdk.paginateListObjectsV2({ client }, { Bucket: bucket })) {
          for (const { Key } of Contents ?? []) keys.push(Key!);
        }
        return keys;
      },
      async sizeOf({ bucket }, name) {
        const asked = client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: name }));
        return asked.then(
          ({ ContentLength }) => ContentLength ?? 0,
          () => null,
        );
      },
      async keepVersions({ bucket }) {
        const VersioningConfiguration = { Status: 'Enabled' } as const;
        await client.send(new sdk.PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
      },
      goAway: () => end(gateway),
      async comeBack() {
        gateway = await startGateway();
      },
      stop,
    };
  } catch (error) {
    const said = readFileSync(join(folder, 'run/mon.a.log'), { encoding: 'utf8', flag: 'a+' }).slice(-3000);
    await stop();
    throw new Error(`${(error as Error).message}\n${said}`, { cause: error });
  }
}

async function answers(endpoint: string, child: ChildProcess, folder: string): Promise<void> {
  const log = () => readFileSync(join(folder, 'run/client.rgw.log'), 'utf8').slice(-4000);
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`radosgw did not start:\n${log()}`);
    return (await fetch(endpoint)).ok;
  }, 'radosgw does not answer');
}

/** Asks until it is so. What throws is asked again, and its reason told in the end. */
async function until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  const untilMs = performance.now() + START_MS;
  let cause: unknown;
  while (performance.now() < untilMs) {
    if (
      await isSo().catch((error) => {
        cause = error;
        return false;
      })
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${otherwise}: ${(cause as Error | undefined)?.message ?? ''}`, { cause });
}

/** They put nothing in order that anybody needs again. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function configuration({
  folder,
  fsid,
  monPort,
  s3Port,
}: {
  folder: string;
  fsid: string;
  monPort: number;
  s3Port: number;
}): string {
  return `[global]
fsid = ${fsid}
mon host = v1:127.0.0.1:${monPort}
mon initial members = a
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail crit = 1
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
log file = ${folder}/run/$name.log
pid file = ${folder}/run/$name.pid
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
osd objectstore = bluestore
osd class update on start = false
osd crush update on start = false
bluestore block size = 8589934592
bluestore fsck on mount = false
osd max object name len = 256
[mgr.x]
mgr data = ${folder}/mgr
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${s3Port}
rgw data = ${folder}/rgw
rgw enable apis = s3
rgw dns name = 127.0.0.1
`;
}

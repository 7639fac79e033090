import { computed, signal } from '@preact/signals';
import type { UserWire } from '../../src/features/accounts/api.ts';
import type { InstanceWire } from '../../src/features/instance/api.ts';
import { applyAccent } from './accent.ts';
import * as accounts from './api/accounts.ts';
import { ApiProblem } from './api/client.ts';
import { forgetEverything } from './cache/resource.ts';

export const instance = signal<InstanceWire | null>(null);
/** Undefined until the server has said who this is; null for a visitor. */
export const user = signal<UserWire | null | undefined>(undefined);
export const isAdmin = computed(() => user.value?.role === 'admin');
export const startProblem = signal<unknown>(null);

/** What the first page needs to know; both questions are asked at once. */
export async function startSession(): Promise<void> {
  startProblem.value = null;
  try {
    const [nextInstance, me] = await Promise.all([accounts.fetchInstance(), whoAmI()]);
    instance.value = nextInstance;
    applyAccent(nextInstance.accentColor);
    user.value = me;
  } catch (error) {
    startProblem.value = error;
  }
}

async function whoAmI(): Promise<UserWire | null> {
  try {
    return (await accounts.fetchMe()).user;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null;
    throw error;
  }
}

/** Asks again who this is, where that may have changed; undefined where nothing answers. */
export async function whoNow(): Promise<UserWire | null | undefined> {
  const me = await whoAmI().catch(() => undefined);
  if (me === undefined) return undefined;
  user.value = me;
  if (me === null) forgetEverything();
  return me;
}

export function becomeUser(next: UserWire): void {
  user.value = next;
  forgetEverything();
}

export async function leave(): Promise<void> {
  await accounts.signOut();
  user.value = null;
  forgetEverything();
}

export function mayUpload(): boolean {
  return user.value?.mayUpload ?? false;
}

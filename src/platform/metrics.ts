import { Registry } from 'prom-client';

const registries = new WeakMap<object, Registry>();

/** Where everything one running Kinora counts is registered, whoever counts it. */
export function registryOf(app: object): Registry {
  let registry = registries.get(app);
  if (!registry) registries.set(app, (registry = new Registry()));
  return registry;
}

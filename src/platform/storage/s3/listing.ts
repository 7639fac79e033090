import type { StoredObject } from '../port.ts';
import type { Connection } from './connection.ts';
import { asProblem } from './failures.ts';

/** Everything in the bucket whose key begins with `prefix`, page by page. */
export async function* listObjects(
  { sdk, client, bucket, nameOf, keyOf, settings }: Connection,
  prefix: string,
): AsyncGenerator<StoredObject> {
  const pages = sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: nameOf(prefix) });
  try {
    for await (const { Contents } of pages) {
      for (const { Key, Size, LastModified } of Contents ?? []) {
        // A name that ends so is a folder somebody made by hand.
        if (!Key || Key.endsWith('/')) continue;
        yield { key: keyOf(Key), sizeBytes: Size ?? 0, modifiedAtMs: LastModified?.getTime() ?? 0 };
      }
    }
  } catch (error) {
    throw asProblem(error, settings);
  }
}

import { listElements, readFloat, readText, readUint } from '../container/ebml.ts';
import { ID } from '../container/matroska-ids.ts';
import { unsure } from './facts.ts';

/** Matroska's elements as bodies that are there as a whole, for headers; what does not fit together is nothing to be sure of. */

export function elementsOf(body: Buffer): { id: number; body: Buffer }[] {
  const elements = listElements(body);
  if ((elements.at(-1)?.end ?? 0) !== body.length) unsure('elements that make no sense');
  return elements.map(({ id, bodyStart, end }) => ({ id, body: body.subarray(bodyStart, end) }));
}

/** What is in a body, by id: the last of those that are there twice. `known`: where nothing else may be. */
export function fieldsOf(body: Buffer, known?: ReadonlySet<number>): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (const { id, body: inside } of elementsOf(body)) {
    if (known && !known.has(id) && id !== ID.Void && id !== ID.CRC32) unsure(`an element ${id.toString(16)}`);
    fields.set(id, inside);
  }
  return fields;
}

const whole = (body: Buffer) => ({ id: 0, start: 0, bodyStart: 0, end: body.length });

export const uintOf = (body: Buffer) => readUint(body, whole(body));
export const floatOf = (body: Buffer) => readFloat(body, whole(body)) ?? unsure('an odd number');
export const textOf = (body: Buffer) => readText(body, whole(body));

export function uintIn(fields: ReadonlyMap<number, Buffer>, id: number, otherwise: number): number {
  const body = fields.get(id);
  return body ? uintOf(body) : otherwise;
}

import { describe, expect, test } from 'vitest';
import { FileImage } from '../../../engine/model/file-image.ts';
import { Layout } from '../../../engine/state/layout.ts';
import { limitsWith } from './limits.ts';

function twoImages() {
  const layout = new Layout();
  const limits = limitsWith({ allocates: true });
  const images = [new FileImage(layout, 4, limits), new FileImage(layout, 4, limits)] as const;
  const content = layout.fields(4, 7);
  const state = new Int32Array(layout.words);
  for (const [i, field] of content.entries()) field.set(state, i);
  const read = (image: FileImage) => ({
    present: image.present.get(state),
    size: [image.size.get(state), image.size.changes(state)],
    data: image.data.get(state),
    prealloc: image.prealloc.get(state),
    hole: image.hole.get(state),
    versions: image.version.map((field) => field.get(state)),
  });
  return { images, content, state, read };
}

const empty = { present: 0, size: [0, 0], data: 0, prealloc: 0, hole: 0, versions: [0, 0, 0, 0] };

describe('file image', () => {
  test('an extent item has the versions of its own segments only', () => {
    const { images, content, state, read } = twoImages();
    images[0].insertExtent(state, 0b0110, 'data', content);
    expect(read(images[0])).toEqual({ ...empty, data: 0b0110, versions: [0, 1, 2, 0] });
  });

  test.each([
    ['data', 'hole', { data: 0b1001, hole: 0b0110 }],
    ['hole', 'data', { data: 0b0110, hole: 0b1001 }],
    ['data', 'data', { data: 0b1111, hole: 0 }],
    ['prealloc', 'data', { data: 0b0110, prealloc: 0b1001 }],
    ['data', 'prealloc', { data: 0b1001, prealloc: 0b0110 }],
    ['hole', 'prealloc', { prealloc: 0b0110, hole: 0b1001 }],
    ['prealloc', 'hole', { prealloc: 0b1001, hole: 0b0110 }],
  ] as const)('over %s, inserting %s drops what was there', (first, second, masks) => {
    const { images, content, state, read } = twoImages();
    images[0].insertExtent(state, 0b1111, first, content);
    images[0].insertExtent(state, 0b0110, second, content);
    expect(read(images[0])).toMatchObject(masks);
  });

  test.each(['data', 'prealloc', 'hole'] as const)(
    'dropping extents of %s leaves no item, but the versions given',
    (kind) => {
      const { images, content, state, read } = twoImages();
      images[0].insertExtent(state, 0b1111, kind, content);
      for (const field of content) field.set(state, 5);
      images[0].dropExtents(state, 0b0110, content);
      expect(read(images[0])).toMatchObject({ [kind]: 0b1001, versions: [0, 5, 5, 3] });
    },
  );

  test('a copy has everything, and clearing the original leaves it', () => {
    const { images, content, state, read } = twoImages();
    images[0].insertExtent(state, 0b0110, 'data', content);
    images[0].insertExtent(state, 0b1000, 'hole', content);
    images[0].present.set(state, 1);
    images[0].size.change(state, 4);
    const before = read(images[0]);
    images[1].copyFrom(state, images[0]);
    images[0].clear(state);
    expect(read(images[1])).toEqual(before);
    expect(read(images[0])).toEqual(empty);
  });
});

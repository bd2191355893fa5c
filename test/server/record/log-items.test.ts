import { expect, test } from 'vitest';
import { parseLogItems } from '../../../server/record/log-items.ts';

/** What btrfs-progs 6.2 prints, shortened: a tree before the log, and the log of files 257 to 259. */
const dump = `btrfs-progs v6.2
fs tree key (FS_TREE ROOT_ITEM 0)
leaf 30605312 items 1 free space 15346 generation 7 owner FS_TREE
leaf 30605312 flags 0x1(WRITTEN) backref revision 1
fs uuid 463190bc-07a0-47e0-8dda-93cc271bd556
chunk uuid e3bc1def-2bd3-404d-a6a8-913ddb780645
	item 0 key (256 INODE_ITEM 0) itemoff 16123 itemsize 160
		generation 3 transid 7 size 2 nbytes 16384
log tree key (TREE_LOG ROOT_ITEM 5)
leaf 30720000 items 7 free space 15372 generation 8 owner TREE_LOG
leaf 30720000 flags 0x1(WRITTEN) backref revision 1
fs uuid 463190bc-07a0-47e0-8dda-93cc271bd556
chunk uuid e3bc1def-2bd3-404d-a6a8-913ddb780645
	item 0 key (257 INODE_ITEM 0) itemoff 16123 itemsize 160
		generation 7 transid 8 size 16384 nbytes 0
		block group 0 mode 40755 links 1 uid 0 gid 0 rdev 0
		sequence 7 flags 0x0(none)
	item 1 key (257 INODE_REF 256) itemoff 16112 itemsize 22
		index 3 namelen 1 name: b
		index 4 namelen 7 name: c d (e)
	item 2 key (257 DIR_LOG_INDEX 2) itemoff 16104 itemsize 8
		dir log end 2
	item 3 key (257 DIR_LOG_INDEX 3) itemoff 16096 itemsize 8
		dir log end 18446744073709551615
	item 4 key (257 DIR_INDEX 3) itemoff 16065 itemsize 31
		location key (258 INODE_ITEM 0) type FILE
		transid 8 data_len 0 name_len 1
		name: z
	item 5 key (258 EXTENT_DATA 0) itemoff 15659 itemsize 53
		generation 8 type 1 (regular)
		extent data disk byte 13631488 nr 16384
		extent data offset 4096 nr 12288 ram 16384
		extent compression 0 (none)
	item 6 key (258 EXTENT_DATA 12288) itemoff 15659 itemsize 53
		generation 8 type 1 (regular)
		extent data disk byte 0 nr 0
		extent data offset 0 nr 4096 ram 4096
		extent compression 0 (none)
leaf 30720001 items 4 free space 15372 generation 8 owner TREE_LOG
	item 0 key (258 EXTENT_DATA 16384) itemoff 15659 itemsize 53
		generation 8 type 2 (prealloc)
		prealloc data disk byte 13631488 nr 8192
		prealloc data offset 0 nr 8192
	item 1 key (259 EXTENT_DATA 0) itemoff 15621 itemsize 24
		generation 7 type 0 (inline)
		inline extent data size 3 ram_bytes 3 compression 0 (none)
	item 2 key (EXTENT_CSUM EXTENT_CSUM 13631488) itemoff 15647 itemsize 12
		range start 13631488 end 13643776 length 12288
	item 3 key (259 XATTR_ITEM 7) itemoff 15647 itemsize 12
total bytes 536870912
bytes used 147456
`;

test('the items of a log tree, in the compact form', () => {
  expect(parseLogItems(dump)).toEqual([
    ['I', 257, 16384],
    ['R', 257, 256, 3, 'b'],
    ['R', 257, 256, 4, 'c d (e)'],
    ['L', 257, 2, 2],
    ['L', 257, 3, -1],
    ['D', 257, 3, 'z', 258],
    ['E', 258, 0, 3, 'd'],
    ['E', 258, 3, 1, 'h'],
    ['E', 258, 4, 2, 'p'],
    ['E', 259, 0, 3, 'i'],
    ['XATTR_ITEM', 259, 7],
  ]);
});

test('an image without a log has none', () => {
  expect(parseLogItems(dump.slice(0, dump.indexOf('log tree key')))).toEqual([]);
});

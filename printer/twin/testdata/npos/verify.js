// Decodes a print job with npos, a decoder that is not ours, and writes what
// would be on the paper as a PBM picture (feeds left out; npos draws none).
// Fails on any byte that is not part of a known command, and on any picture
// header whose size is not exactly its data's: npos itself does not look.
//
// Use: NODE_PATH=…/node_modules node verify.js job.bin paper.pbm
'use strict';
const fs = require('fs');
const npos = require('npos');

const [jobFile, pbmFile] = process.argv.slice(2);
const job = fs.readFileSync(jobFile);
const known = new Set(['ESC@', 'ESCJ', 'ESCd', 'GSa', 'GSv0', 'GSV', 'GS(H', 'GS(D', 'FS.', 'GSr']);

function check(ok, words) {
  if (!ok) throw new Error(words);
}

npos.parser().parse(job).then((ast) => {
  let at = 0;
  let rows = 0;
  let stride = 0;
  for (const node of ast.tree) {
    const name = node.ascii + (node.fn || '');
    check(known.has(name), `unknown command ${name} at byte ${at}`);
    if (name === 'GSv0') {
      const across = job[at + 4] + 256 * job[at + 5];
      const down = job[at + 6] + 256 * job[at + 7];
      check(node.length === 8 + across * down, `picture of ${across} × ${down} bytes in ${node.length} at byte ${at}`);
      check(stride === 0 || stride === across, `row of ${across} bytes after rows of ${stride}`);
      stride = across;
      rows += down;
    }
    at += node.length;
  }
  check(at === job.length, `${at} of ${job.length} bytes are commands`);

  const raster = ast.entries.find((e) => e.type === 'raster').data;
  const width = raster._width;
  const height = raster._height;
  check(width === stride * 8 && height === rows, `decoded ${width} × ${height}, sent ${stride * 8} × ${rows}`);
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (raster._data[y * width + x] === 0) out[y * stride + (x >> 3)] |= 0x80 >> (x & 7);
    }
  }
  fs.writeFileSync(pbmFile, Buffer.concat([Buffer.from(`P4\n${width} ${height}\n`), out]));
}).catch((err) => {
  console.error(err.message);
  process.exit(1);
});

// Where the thumbnails stand, and how they, their tags and their numbers are drawn on one canvas.
// Must not know which head is open, words or Gradio.

const QUIET = 0.28; // strength of the heads that a filter leaves out

// Sizes depend on the numbers of layers and heads and on the room, on nothing else. A last column holds layers' means.
function atlasShape({ layers, heads, room, narrow, folded }) {
  const count = layers.length * heads, wish = narrow ? 40 : count <= 16 ? 56 : count <= 48 ? 46 : 38;
  const left = narrow ? 16 : 22, seam = 8;
  const gap = wish > 40 ? 8 : narrow || heads > 16 ? 4 : 5;
  const size = clamp(Math.floor((room - left - seam - 4 + gap) / (heads + 1)) - gap, 8, wish);
  const named = size + gap >= 42, tag = named ? 17 : size >= 12 ? 13 : 0;
  return {
    layers, heads, folded, left, gap, size, named, tag, seam, over: 0, sorted: false, across: heads + 1,
    width: left + (heads + 1) * (size + gap) - gap + seam + 4,
  };
}

// One cell for every head shown, {layer, head, x, y}; `sorted`: heads in another order than by layer, or null.
function placeCells(shape, sorted) {
  const { layers, heads, left, size, gap, tag, seam } = shape;
  shape.sorted = Boolean(sorted);
  shape.over = sorted ? 13 : 0; // room for a head's number over its thumbnail
  shape.across = sorted ? heads : heads + 1;
  const top = sorted ? 2 : 19, step = size + tag + shape.over + (tag > 13 ? 3 : 4);
  const list = sorted || layers.flatMap((layer) => rowOfHeads(layer, heads));
  shape.height = top + Math.ceil(list.length / shape.across) * step;
  return list.map((one, index) => {
    const across = index % shape.across, down = Math.floor(index / shape.across);
    return { ...one, x: left + across * (size + gap) + (one.head < 0 ? seam : 0), y: top + shape.over + down * step };
  });
}

// A layer's heads, and behind them their mean.
function rowOfHeads(layer, heads) {
  return Array.from({ length: heads + 1 }, (_, head) => ({ layer, head: head < heads ? head : -1 }));
}

function drawThumbnails(context, atlas, view) {
  const { shape, picture } = atlas, { palette } = view;
  const { rows, cols } = picture.thumbnails;
  const scratch = document.createElement('canvas');
  scratch.width = cols;
  scratch.height = rows;
  const pen = scratch.getContext('2d'), image = pen.createImageData(cols, rows);
  const pixels = new Uint32Array(image.data.buffer), open = openCells(picture);
  context.imageSmoothingEnabled = Math.max(rows, cols) > shape.size * (window.devicePixelRatio || 1);
  context.lineWidth = 1;
  for (const cell of atlas.cells) {
    const { layer, head, x, y } = cell, [name] = characterOf(picture, layer, head) || [];
    const down = picture.layers.indexOf(layer), count = picture.layers.length * shape.heads;
    const from = (head < 0 ? count + down : down * shape.heads + head) * rows * cols;
    fillPixels(pixels, picture.thumbnails, from, open, palette);
    pen.putImageData(image, 0, 0);
    context.globalAlpha = view.filter && name !== view.filter ? QUIET : 1;
    context.drawImage(scratch, x, y, shape.size, shape.size);
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, shape.size - 1, shape.size - 1);
    if (name) drawTag(context, shape, palette, cell, name);
  }
  context.globalAlpha = 1;
}

// What a head does, under its thumbnail; in a sorted grid also which head it is, over it.
function drawTag(context, shape, palette, { layer, head, x, y }, name) {
  const { size, named, tag } = shape;
  context.textBaseline = 'middle';
  context.font = `10px ${palette.family}`;
  if (shape.sorted && size >= 18) {
    context.textAlign = 'center';
    context.fillStyle = palette.second;
    context.fillText(`${layer + 1}·${head + 1}`, x + size / 2, y - 6);
  }
  if (!tag) return;
  drawSign(context, palette, name, named ? x + 1 : x + size / 2 - 4, y + size + 4);
  if (!named) return;
  context.textAlign = 'left';
  context.fillStyle = characterColour(palette, name) || palette.third;
  context.fillText(name, x + 12, y + size + 8.5);
}

// Colours of one head's bytes; what the mask shuts stays paper.
function fillPixels(pixels, { rows, cols, bytes }, from, open, palette) {
  for (let row = 0; row < rows; row++) {
    const [first, last] = open[row];
    for (let col = 0; col < cols; col++) {
      const at = row * cols + col;
      pixels[at] = col < first || col > last ? palette.paper : palette.pixels[bytes[from + at]];
    }
  }
}

// For each row of a thumbnail the first and last cell that the mask leaves open.
function openCells(picture) {
  const { rows, cols, triangle } = picture.thumbnails;
  const pooled = (row) => [0, triangle ? row : cols - 1];
  return Array.from({ length: rows }, (_, row) => (picture.pooled ? pooled(row) : allowedKeys(picture, row)));
}

// The numbers of heads above and of layers beside the grid; the open head's stand out.
function drawNumbers({ canvas, shape, cells }, { wanted, palette }) {
  const context = canvas.getContext('2d'), { heads, size, gap, left } = shape;
  context.clearRect(0, 0, shape.width, 16);
  context.clearRect(0, 0, left - 3, shape.height);
  context.textBaseline = 'middle';
  const write = (text, x, y, align, strong) => {
    context.font = `${strong ? '700 ' : ''}11px ${palette.family}`;
    context.fillStyle = strong ? palette.ink : palette.third;
    context.textAlign = align;
    context.fillText(text, x, y);
  };
  const every = size + gap < 17 ? 4 : 1;
  for (const { head, x } of cells.slice(0, heads + 1)) {
    const open = head === wanted.head && wanted.layer >= 0;
    if (head < 0 && size < 26) write('μ', x + size / 2, 7, 'center', open);
    else if (head < 0) write('mean', x + size / 2, 7, 'center', open);
    else if (head % every === 0 || open) write(head + 1, x + size / 2, 7, 'center', open);
  }
  for (const { layer, head, y } of cells) if (!head) write(layer + 1, 1, y + size / 2, 'left', layer === wanted.layer);
}

// All heads as thumbnails on one canvas: layers down, heads across. Must not know words, rows or Gradio.

function createAtlas(parent, actions) {
  const box = make('section', 'heads', parent);
  const line = make('div', 'line', box);
  const atlas = { box, unfolded: false, title: make('h3', '', line), about: make('span', 'quiet', line) };
  atlas.toggle = make('button', 'toggle', line);
  atlas.toggle.type = 'button';
  const frame = atlas.frame = make('div', 'atlas', box);
  setAttributes(frame, { tabindex: 0, role: 'application', 'aria-roledescription': 'grid of heads' });
  atlas.canvas = make('canvas', '', frame);
  atlas.aim = make('div', 'aim', frame);
  atlas.mark = make('div', 'mark', frame);
  atlas.aim.hidden = atlas.mark.hidden = true;
  frame.addEventListener('pointermove', (event) => aimAt(atlas, headAt(atlas, event)));
  frame.addEventListener('pointerleave', () => aimAt(atlas, null));
  frame.addEventListener('click', (event) => {
    const found = headAt(atlas, event);
    if (found) actions.open(found.layer, found.head);
  });
  frame.addEventListener('keydown', (event) => moveByKey(atlas, event, actions));
  atlas.toggle.addEventListener('click', () => {
    atlas.unfolded = !atlas.unfolded;
    actions.redraw();
  });
  return atlas;
}

// Where everything stands: sizes depend on the numbers of layers and heads and on the room, on nothing else.
function atlasShape(layers, heads, room, narrow) {
  const wish = narrow ? 40 : layers * heads <= 16 ? 56 : 38;
  const left = narrow ? 16 : 22;
  const gap = wish > 40 ? 8 : heads > 16 || narrow ? 4 : 6;
  const size = clamp(Math.floor((room - left - 4 + gap) / heads) - gap, 8, wish);
  return {
    left, gap, size, top: 19, layers, heads,
    width: left + heads * (size + gap) - gap + 4, height: 19 + layers * (size + gap) - gap + 4,
  };
}

// In a narrow viewer only the open layer's heads are shown until the whole grid is asked for.
function shownLayers(atlas, view) {
  const { layers } = view.picture;
  return view.narrow && !atlas.unfolded ? layers.filter((layer) => layer === view.wanted.layer) : layers;
}

// What the drawn thumbnails depend on, besides colours and room.
function atlasState(atlas, view) {
  return `${view.picture.id}|${shownLayers(atlas, view).join()}`;
}

function drawAtlas(atlas, view) {
  const { picture, palette } = view;
  atlas.layers = shownLayers(atlas, view);
  atlas.picture = picture;
  const shape = atlas.shape = atlasShape(atlas.layers.length, picture.heads, view.atlasRoom, view.narrow);
  const context = fitCanvas(atlas.canvas, shape.width, shape.height);
  drawThumbnails(context, atlas, palette);
  titleAtlas(atlas, view);
  markAtlas(atlas, view);
  atlas.drawn = atlasState(atlas, view);
}

function drawThumbnails(context, atlas, palette) {
  const { shape, picture } = atlas;
  const { rows, cols } = picture.thumbnails;
  const scratch = document.createElement('canvas');
  scratch.width = cols;
  scratch.height = rows;
  const pen = scratch.getContext('2d'), image = pen.createImageData(cols, rows);
  const pixels = new Uint32Array(image.data.buffer), open = openCells(picture);
  context.imageSmoothingEnabled = Math.max(rows, cols) > shape.size * (window.devicePixelRatio || 1);
  context.strokeStyle = palette.line;
  atlas.layers.forEach((layer, down) => {
    for (let head = 0; head < shape.heads; head++) {
      const { x, y } = thumbnailAt(shape, down, head);
      const from = (picture.layers.indexOf(layer) * shape.heads + head) * rows * cols;
      fillPixels(pixels, picture.thumbnails, from, open, palette);
      pen.putImageData(image, 0, 0);
      context.drawImage(scratch, x, y, shape.size, shape.size);
      context.strokeRect(x + 0.5, y + 0.5, shape.size - 1, shape.size - 1);
    }
  });
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

function thumbnailAt(shape, down, across) {
  const step = shape.size + shape.gap;
  return { x: shape.left + across * step, y: shape.top + down * step };
}

// What changes when another head is opened: the outline and the bold numbers, not the thumbnails.
function markAtlas(atlas, view) {
  const { shape } = atlas, { wanted, palette } = view;
  const context = atlas.canvas.getContext('2d');
  context.clearRect(0, 0, shape.width, shape.top - 3);
  context.clearRect(0, 0, shape.left - 3, shape.height);
  context.textBaseline = 'middle';
  const write = (text, x, y, align, strong) => {
    context.font = `${strong ? '700 ' : ''}11px ${palette.family}`;
    context.fillStyle = strong ? palette.ink : palette.third;
    context.textAlign = align;
    context.fillText(text, x, y);
  };
  const every = shape.size + shape.gap < 17 ? 4 : 1;
  for (let head = 0; head < shape.heads; head++) {
    if (head % every && head !== wanted.head) continue;
    write(head + 1, thumbnailAt(shape, 0, head).x + shape.size / 2, 7, 'center', head === wanted.head);
  }
  atlas.layers.forEach((layer, down) => {
    write(layer + 1, 1, thumbnailAt(shape, down, 0).y + shape.size / 2, 'left', layer === wanted.layer);
  });
  place(atlas.mark, shape, atlas.layers.indexOf(wanted.layer), wanted.head);
}

function place(outline, shape, down, across) {
  outline.hidden = down < 0;
  const { x, y } = thumbnailAt(shape, down, across);
  outline.style.transform = `translate(${x - 2}px, ${y - 2}px)`;
  outline.style.width = outline.style.height = `${shape.size + 4}px`;
}

function titleAtlas(atlas, view) {
  const { picture, narrow, wanted } = view;
  const count = picture.layers.length * picture.heads, folded = narrow && !atlas.unfolded;
  const layers = picture.layers.length === 1 ? '1 layer' : `${picture.layers.length} layers`;
  const heads = picture.heads === 1 ? '1 head' : `${picture.heads} heads`;
  setText(atlas.title, folded ? `Layer ${wanted.layer + 1}` : `All ${count} heads`);
  setText(atlas.about, narrow ? '' : `${layers} down, ${heads} across`);
  atlas.toggle.hidden = !narrow || picture.layers.length < 2;
  setText(atlas.toggle, folded ? `all ${count} heads ›` : 'one layer ‹');
  setAttributes(atlas.toggle, { 'aria-expanded': !folded });
  const label = `All ${count} heads: ${layers} down, ${heads} across. Arrow keys open another head.`;
  setAttributes(atlas.frame, { 'aria-label': label });
}

function headAt(atlas, event) {
  const { shape } = atlas;
  if (!shape) return null;
  const corner = atlas.frame.getBoundingClientRect(), step = shape.size + shape.gap;
  const across = Math.floor((event.clientX - corner.left - shape.left + shape.gap / 2) / step);
  const down = Math.floor((event.clientY - corner.top - shape.top + shape.gap / 2) / step);
  const inside = across >= 0 && across < shape.heads && down >= 0 && down < atlas.layers.length;
  return inside ? { layer: atlas.layers[down], head: across } : null;
}

function headName(layer, head) {
  return `Layer ${layer + 1} · Head ${head + 1}`;
}

function aimAt(atlas, found) {
  const title = found ? headName(found.layer, found.head) : '';
  if (atlas.frame.title !== title) atlas.frame.title = title;
  atlas.aim.hidden = !found;
  if (found) place(atlas.aim, atlas.shape, atlas.layers.indexOf(found.layer), found.head);
}

function moveByKey(atlas, event, actions) {
  const { layers, heads } = atlas.picture || {};
  const now = actions.wanted();
  if (!layers || !now || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = layers.indexOf(now.layer);
  const moves = {
    ArrowLeft: [at, now.head - 1], ArrowRight: [at, now.head + 1], ArrowUp: [at - 1, now.head],
    ArrowDown: [at + 1, now.head], Home: [at, 0], End: [at, heads - 1],
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  const [layer, head] = moves[event.key];
  actions.open(layers[clamp(layer, 0, layers.length - 1)], clamp(head, 0, heads - 1));
}

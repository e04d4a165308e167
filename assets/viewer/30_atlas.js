// All heads as thumbnails: layers down, heads across, or sorted. What the pointer, keys and title of the grid do.
// Must not know words, rows or Gradio.

const SORTS = { layer: 'Sort: layer', character: 'Sort: character', score: 'Sort: score' };

function createAtlas(parent, actions) {
  const box = make('section', 'heads', parent);
  const line = make('div', 'line', box);
  const atlas = { box, unfolded: false, title: make('h3', '', line), about: make('span', 'quiet', line) };
  atlas.sort = createSort(line, actions);
  atlas.toggle = makeButton('toggle', line);
  atlas.filters = createFilters(box, actions);
  const frame = atlas.frame = make('div', 'atlas', box);
  setAttributes(frame, { tabindex: 0, role: 'application', 'aria-roledescription': 'grid of heads' });
  atlas.canvas = make('canvas', '', frame);
  atlas.aim = make('div', 'aim', frame);
  atlas.mark = make('div', 'mark', frame);
  atlas.aim.hidden = atlas.mark.hidden = true;
  atlas.sums = createSummaries(box, actions);
  atlas.legend = make('p', 'characters', box);
  frame.addEventListener('pointermove', (event) => aimAt(atlas, cellAt(atlas, event)));
  frame.addEventListener('pointerleave', () => aimAt(atlas, null));
  frame.addEventListener('click', (event) => {
    const found = cellAt(atlas, event);
    if (found) actions.open(found.layer, found.head);
  });
  frame.addEventListener('keydown', (event) => moveByKey(atlas, event, actions));
  atlas.toggle.addEventListener('click', () => {
    atlas.unfolded = !atlas.unfolded;
    actions.redraw();
  });
  return atlas;
}

function createSort(parent, actions) {
  const sort = make('select', 'sort', parent);
  setAttributes(sort, { 'aria-label': 'The order of the heads' });
  for (const [name, text] of Object.entries(SORTS)) make('option', '', sort, text).value = name;
  sort.addEventListener('change', () => actions.sort(sort.value));
  return sort;
}

// In a narrow viewer only the open layer's heads are shown until the whole grid is asked for.
function isFolded(atlas, view) {
  return view.narrow && !atlas.unfolded;
}

// What the drawn thumbnails depend on, besides colours and room.
function atlasState(atlas, view) {
  const folded = isFolded(atlas, view) && foldedLayer(view.picture, view.wanted);
  return `${view.picture.key}|${folded}|${view.sort}|${view.filter}`;
}

function foldedLayer({ layers }, { layer }) {
  return layers.includes(layer) ? layer : layers[0];
}

function drawAtlas(atlas, view) {
  const { picture } = view;
  const folded = isFolded(atlas, view);
  const layers = folded ? [foldedLayer(picture, view.wanted)] : picture.layers;
  atlas.picture = picture;
  atlas.shape = atlasShape({ layers, heads: picture.heads, room: view.atlasRoom, narrow: view.narrow, folded });
  atlas.cells = placeCells(atlas.shape, folded || view.sort === 'layer' ? null : sortHeads(picture, view.sort));
  const { width, height } = atlas.shape;
  drawThumbnails(fitCanvas(atlas.canvas, width, height), atlas, view);
  atlas.box.classList.toggle('is-unfolded', !folded);
  if (atlas.sort.value !== view.sort) atlas.sort.value = view.sort;
  showFilters(atlas.filters, view);
  titleAtlas(atlas, view);
  writeLegend(atlas.legend, picture);
  markAtlas(atlas, view);
  atlas.drawn = atlasState(atlas, view);
}

// What changes when another head is opened: the outline and the bold numbers, not the thumbnails.
function markAtlas(atlas, view) {
  const { wanted } = view;
  if (!atlas.shape.sorted) drawNumbers(atlas, view);
  const open = atlas.cells.find(({ layer, head }) => layer === wanted.layer && head === wanted.head);
  placeOutline(atlas.mark, atlas.shape, open);
  markSummaries(atlas.sums, view);
}

function placeOutline(outline, shape, cell) {
  outline.hidden = !cell;
  if (!cell) return;
  outline.style.transform = `translate(${cell.x - 2}px, ${cell.y - 2}px)`;
  outline.style.width = outline.style.height = `${shape.size + 4}px`;
}

function titleAtlas(atlas, view) {
  const { picture, narrow, wanted } = view;
  const count = picture.layers.length * picture.heads, folded = isFolded(atlas, view);
  const layers = picture.layers.length === 1 ? '1 layer' : `${picture.layers.length} layers`;
  const heads = picture.heads === 1 ? '1 head' : `${picture.heads} heads`;
  setText(atlas.title, folded ? `Layer ${foldedLayer(picture, wanted) + 1}` : `All ${count} heads`);
  setText(atlas.about, narrow ? '' : `${layers} down, ${heads} across`);
  atlas.toggle.hidden = !narrow;
  setText(atlas.toggle, folded ? `all ${count} heads ›` : 'one layer ‹');
  setAttributes(atlas.toggle, { 'aria-expanded': !folded });
  const label = `All ${count} heads: ${layers} down, ${heads} across. Arrow keys open another head.`;
  setAttributes(atlas.frame, { 'aria-label': label });
}

function cellAt(atlas, event) {
  const { shape, cells, frame } = atlas;
  if (!shape) return null;
  const corner = frame.getBoundingClientRect(), half = shape.gap / 2;
  const left = event.clientX - corner.left, down = event.clientY - corner.top;
  const across = ({ x }) => left >= x - half && left < x + shape.size + half;
  const along = ({ y }) => down >= y - half - shape.over && down < y + shape.size + shape.tag;
  return cells.find((cell) => across(cell) && along(cell)) || null;
}

function aimAt(atlas, cell) {
  const [name, score] = (cell && characterOf(atlas.picture, cell.layer, cell.head)) || [];
  const title = cell ? headName(cell.layer, cell.head) + (name ? ` · ${name}, ${percent(score)}` : '') : '';
  if (atlas.frame.title !== title) atlas.frame.title = title;
  placeOutline(atlas.aim, atlas.shape, cell);
}

function moveByKey(atlas, event, actions) {
  const now = actions.wanted(), { cells, shape, picture } = atlas;
  if (!cells || !now || event.ctrlKey || event.metaKey || event.altKey) return;
  const { across } = shape;
  const step = {
    ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: 'first', End: 'last',
  }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const at = cells.findIndex(({ layer, head }) => layer === now.layer && head === now.head);
  const found = at < 0 ? cells[0] : cellBeside(cells, shape, picture, at, step);
  actions.open(found.layer, found.head);
}

// The cell that a key leads to; rows of layers end at their edges, sorted rows go on in the next.
function cellBeside(cells, shape, picture, at, step) {
  const first = at - (at % shape.across), last = Math.min(cells.length, first + shape.across) - 1;
  if (step === 'first' || step === 'last') return cells[step === 'first' ? first : last];
  const [least, most] = shape.sorted ? [0, cells.length - 1] : [first, last];
  if (Math.abs(step) === 1) return cells[clamp(at + step, least, most)];
  if (!shape.folded) return cells[at + step] || cells[at];
  const { layers } = picture, down = layers.indexOf(cells[at].layer) + Math.sign(step);
  return { layer: layers[clamp(down, 0, layers.length - 1)], head: cells[at].head };
}

// Paints a viewer once per frame: only what changed, everything of one picture in the same frame. Must not know Gradio.

function schedule(viewer, what) {
  viewer.dirty = Math.max(viewer.dirty, what);
  if (!viewer.frame) viewer.frame = requestAnimationFrame(() => paint(viewer));
}

function paint(viewer) {
  viewer.frame = 0;
  const { root, picture } = viewer;
  if (!picture || !viewer.dirty || !root.clientWidth) return; // hidden: the ResizeObserver calls again when shown
  const what = viewer.dirty;
  viewer.dirty = 0;
  if (what === ALL) dressRoot(viewer);
  const view = viewOf(viewer);
  if (what === ALL) showSentence(viewer.sentence, view);
  if (what === ALL || viewer.atlas.drawn !== atlasState(viewer.atlas, view)) drawAtlas(viewer.atlas, view);
  else if (what === HEAD) markAtlas(viewer.atlas, view);
  if (what === ALL) arrangeHead(viewer.panel, view);
  revealChosen(viewer, view);
  if (what >= HEAD) drawHead(viewer.panel, view);
  else lightHead(viewer.panel, view);
  lightSentence(viewer.sentence, view);
  sayPainted(viewer, view);
}

// Everything the parts draw from: the picture, the colours, what is chosen and what is lit.
function viewOf(viewer) {
  const { picture, palette, choice, wanted, cell, width } = viewer;
  const row = chosenRow(picture, choice), narrow = width < NARROW;
  return {
    picture, palette, wanted, cell, narrow, row,
    layer: choice.layer, head: choice.head, locked: Boolean(choice.lock),
    lit: viewer.preview >= 0 ? viewer.preview : row,
    bytes: headOf(picture, choice.layer, choice.head),
    mode: narrow && viewer.mode !== 'matrix' ? 'lines' : viewer.mode || 'both',
    atlasRoom: width < MIDDLE ? width : Math.floor(width * 0.46),
  };
}

// Classes and columns that follow from the kind and the width; colours are read again when they may have changed.
function dressRoot(viewer) {
  const { root, picture } = viewer;
  root.classList.remove('is-empty');
  for (const kind of ['encoder', 'decoder', 'cross']) root.classList.toggle(`kind-${kind}`, picture.kind === kind);
  viewer.width = root.clientWidth;
  root.classList.toggle('is-narrow', viewer.width < NARROW);
  root.classList.toggle('is-stacked', viewer.width < MIDDLE);
  const known = viewer.palette && viewer.palette.of === picture.kind;
  if (!known) viewer.palette = { ...readPalette(root), of: picture.kind };
  const shape = atlasShape(picture.layers.length, picture.heads, Math.floor(viewer.width * 0.46), false);
  root.style.setProperty('--left', `${Math.max(270, shape.width)}px`);
}

// A row that was chosen, or that moved with a new text, is brought into sight where the text is long.
function revealChosen(viewer, view) {
  const place = `${view.row}|${view.picture.rows.length}|${view.mode}`;
  if (viewer.place === place) return;
  viewer.place = place;
  revealRow(viewer.panel, view.row, strongestCol(view.bytes, view.row, view.picture.cols.length));
  revealChip(viewer.sentence, view.row);
}

// Last of all, when the picture stands: what tests wait for and what a screen reader hears.
function sayPainted(viewer, view) {
  const { root, picture } = viewer;
  showRemark(viewer.legend, view);
  const said = `${picture.id}|${view.layer}|${view.head}|${view.row}`;
  if (viewer.said !== said) speakSoon(viewer, view);
  viewer.said = said;
  viewer.painted += 1;
  const facts = {
    shown: picture.id, layer: view.layer + 1, head: view.head + 1, row: view.row, lit: view.lit, paints: viewer.painted,
  };
  for (const [name, value] of Object.entries(facts)) root.dataset[name] = value;
}

// The table of a long text takes a while to write, and nobody sees it: it follows in a task of its own.
function speakSoon(viewer, view) {
  const { aloud } = viewer;
  viewer.aloud = false;
  clearTimeout(viewer.speakTimer);
  if (view.picture.cols.length <= MANY_TOKENS) speak(viewer.spoken, view, aloud);
  else viewer.speakTimer = setTimeout(() => speak(viewer.spoken, view, aloud), 30);
}

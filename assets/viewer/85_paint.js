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
  if (what === ALL) showSurroundings(viewer, view);
  else if (what === HEAD) markLookFor(viewer.lookFor, view);
  if (what === ALL || viewer.atlas.drawn !== atlasState(viewer.atlas, view)) drawAtlas(viewer.atlas, view);
  else if (what === HEAD) markAtlas(viewer.atlas, view);
  if (what === ALL) arrangeHead(viewer.panel, view);
  revealChosen(viewer, view);
  if (what >= HEAD) drawHead(viewer.panel, view);
  else lightHead(viewer.panel, view);
  lightSentence(viewer.sentence, view);
  sayPainted(viewer, view);
}

// What depends on the picture and on the switches, but not on what is lit.
function showSurroundings(viewer, view) {
  showLookFor(viewer.lookFor, view);
  showSentence(viewer.sentence, view);
  showGuesses(viewer.guesses, view);
  showNextWord(viewer.nextWord, view);
  sayNotes(viewer.state, view);
  showLegend(viewer.panel.legend, view);
  showOptions(viewer.options, view);
}

// Everything the parts draw from: the face of the picture, the colours, what is chosen and what is lit.
function viewOf(viewer) {
  const { face, palette, choice, wanted, cell, width, form, scale, sort } = viewer;
  const row = chosenRow(face, choice), narrow = width < NARROW, part = isPair(face) ? viewer.part : '';
  return {
    picture: face, palette, wanted, cell, narrow, row, form, scale, sort, part, ...partOf(face, part),
    filter: viewer.filter && bestHead(face, viewer.filter) ? viewer.filter : '',
    layer: choice.layer, head: choice.head, locked: Boolean(choice.lock),
    lit: viewer.preview >= 0 ? viewer.preview : row,
    ...headOf(face, choice.layer, choice.head),
    mode: narrow && viewer.mode !== 'matrix' ? 'lines' : viewer.mode || 'both',
    atlasRoom: width < MIDDLE ? width : gridRoom(width),
  };
}

// What the grid of heads may take of the width, beside the opened head.
function gridRoom(width) {
  return Math.floor(width * 0.48);
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
  if (!known) viewer.palette = { ...readPalette(root, viewer.scale), of: picture.kind };
  const room = gridRoom(viewer.width);
  const shape = atlasShape({ layers: picture.layers, heads: picture.heads, room, narrow: false, folded: false });
  root.style.setProperty('--left', `${Math.max(270, shape.width)}px`);
}

// A row that was chosen, or that moved with a new text, is brought into sight where the text is long.
function revealChosen(viewer, view) {
  const place = `${view.row}|${view.picture.rows.length}|${view.mode}|${view.picture.form.words}`;
  if (viewer.place === place) return;
  viewer.place = place;
  revealRow(viewer.panel, view.row, strongestCol(view.weights, view.row, view.picture.cols.length));
  revealChip(viewer.sentence, view.row);
}

// Last of all, when the picture stands: what tests and links read, and what a screen reader hears. Layers, heads and
// words count from 1; a summary has no numbers, a special token no word.
function sayPainted(viewer, view) {
  const { root, picture } = viewer, { layer, head, row } = view, { word } = view.picture.rows[row];
  const said = `${view.picture.key}|${layer}|${head}|${row}`;
  if (viewer.said !== said) speakSoon(viewer, view);
  viewer.said = said;
  viewer.painted += 1;
  const summary = isSummary(layer, head), name = head === -2 ? 'rollout' : layer < 0 ? 'mean' : `mean-${layer + 1}`;
  const facts = {
    shown: picture.id, kind: picture.kind, layer: summary ? null : layer + 1, head: summary ? null : head + 1,
    summary: summary ? name : null, row, lit: view.lit, word: word === null ? null : word + 1, view: view.mode,
    form: view.picture.form.words ? 'words' : 'pieces', paints: viewer.painted,
  };
  for (const [fact, value] of Object.entries(facts)) {
    if (value === null) delete root.dataset[fact];
    else root.dataset[fact] = value;
  }
}

// The table of a long text takes a while to write, and nobody sees it: it follows in a task of its own.
function speakSoon(viewer, view) {
  const { aloud } = viewer;
  viewer.aloud = false;
  clearTimeout(viewer.speakTimer);
  if (view.picture.cols.length <= MANY_TOKENS) speak(viewer.spoken, view, aloud);
  else viewer.speakTimer = setTimeout(() => speak(viewer.spoken, view, aloud), 30);
}
